package io.remoterun.cli.keys;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.remoterun.cli.console.Exit;
import io.remoterun.cli.console.Failure;
import io.remoterun.cli.console.Shell;
import io.remoterun.protocol.keys.HostKey;
import io.remoterun.protocol.keys.KeyDigest;
import io.remoterun.protocol.keys.KeyDirectory;
import io.remoterun.protocol.keys.KeyHash;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.interfaces.RSAPublicKey;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** What cf-key does for CFEngine's keys, which are ours, too. */
@Command(name = "keys", description = "Make, name and trust the keys of hosts (for operators).")
public final class KeysCommand {
  private static final String FOLDER = "/var/rudder/cfengine-community/ppkeys";
  private static final String FOLDER_IS =
      "Of the host's keys. Default: /var/rudder/cfengine-community/ppkeys.";

  private final Shell shell;

  public KeysCommand(Shell shell) {
    this.shell = shell;
  }

  @Command(
      name = "generate",
      description = "Make the host's key pair if there is none, and print its digest.")
  int generate(
      @Option(
              names = "--folder",
              paramLabel = "DIR",
              defaultValue = FOLDER,
              showDefaultValue = picocli.CommandLine.Help.Visibility.NEVER,
              description = FOLDER_IS)
          Path folder)
      throws IOException {
    boolean isThere = Files.exists(folder.resolve("localhost.priv"));
    HostKey key = new KeyDirectory(folder).hostKeyMadeIfMissing();
    shell.problems().say(isThere ? "The host has a key pair already." : "Made in " + folder + ".");
    return print(KeyDigest.md5(key.publicKey()).value());
  }

  @Command(
      name = "digest",
      description = "Print a public key's digest, as cf-key -p does.",
      footer = {"", "The hash is the key-hash of Rudder's node list, and --pin of this program."})
  int digest(
      @Option(names = "--all", description = "All its names: MD5, SHA-256, and its hash.")
          boolean all,
      @Parameters(
              arity = "0..1",
              paramLabel = "FILE",
              defaultValue = FOLDER + "/localhost.pub",
              showDefaultValue = picocli.CommandLine.Help.Visibility.NEVER,
              description = "A public key. Default: the host's own.")
          Path file)
      throws IOException {
    RSAPublicKey key = read(file);
    String md5 = KeyDigest.md5(key).value();
    return print(all ? md5 + "\n" + KeyDigest.sha256(key) + "\n" + KeyHash.of(key) : md5);
  }

  @Command(
      name = "trust",
      description = "Store a peer's public key as trusted, and print its digest.")
  int trust(
      @Option(
              names = "--folder",
              paramLabel = "DIR",
              defaultValue = FOLDER,
              showDefaultValue = picocli.CommandLine.Help.Visibility.NEVER,
              description = FOLDER_IS)
          Path folder,
      @Option(
              names = "--user",
              paramLabel = "NAME",
              defaultValue = "root",
              showDefaultValue = picocli.CommandLine.Help.Visibility.NEVER,
              description = "Whom the peer's programs run as. Default: root.")
          String user,
      @Parameters(paramLabel = "FILE", description = "Its public key.") Path file)
      throws IOException {
    RSAPublicKey key = read(file);
    try {
      new KeyDirectory(folder).trust(user, key);
    } catch (IllegalArgumentException e) {
      throw Failure.usage("--user: " + e.getMessage());
    }
    return print(KeyDigest.md5(key).value());
  }

  private static RSAPublicKey read(Path file) throws IOException {
    try {
      return HostKey.readPublic(file);
    } catch (NoSuchFileException e) {
      throw new Failure("there is no key in " + file);
    }
  }

  private int print(String text) throws IOException {
    shell.out().write((text + "\n").getBytes(UTF_8));
    return Exit.FINE;
  }
}
