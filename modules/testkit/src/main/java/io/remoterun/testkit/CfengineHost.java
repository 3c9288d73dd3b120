package io.remoterun.testkit;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;

/**
 * A folder in which CFEngine's programs live as on a host of their own: their keys, policy and
 * state are in it, and nothing of the machine is touched.
 */
public final class CfengineHost {
  /** Whom CFEngine's programs pose as: the user that runs them. */
  public static final String USER = System.getProperty("user.name");

  private static final List<String> FOLDERS =
      List.of("inputs", "state", "outputs", "bin", "modules");

  private final TestHost host;

  private CfengineHost(TestHost host) {
    this.host = host;
  }

  /** Makes the folders that CFEngine wants beside the host's keys. */
  public static CfengineHost on(TestHost host) throws IOException {
    for (String name : FOLDERS) {
      var ownerOnly = PosixFilePermissions.fromString("rwx------");
      Files.createDirectory(
          host.folder().resolve(name), PosixFilePermissions.asFileAttribute(ownerOnly));
    }
    // Without it a program silently takes a fail-safe policy instead of the one it is given.
    CfengineHost made = new CfengineHost(host);
    made.script("bin/cf-promises", "exec " + ExternalProgram.require("cf-promises") + " \"$@\"\n");
    return made;
  }

  /** Stores the other's public key as that of a peer of this user. */
  public CfengineHost trusting(TestHost other) throws IOException {
    host.keys().trust(USER, other.key().publicKey());
    return this;
  }

  public TestHost keys() {
    return host;
  }

  /** Writes the policy that the next program gets. */
  public Path policy(String text) throws IOException {
    Path file = host.folder().resolve("inputs/promises.cf");
    Files.writeString(file, text);
    // CFEngine refuses a policy that others could write.
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
    return file;
  }

  /** An executable shell script with that body. */
  public Path script(String name, String body) throws IOException {
    Path file = host.folder().resolve(name);
    Files.writeString(file, "#!/bin/sh\n" + body);
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwx------"));
    return file;
  }

  /** A program of CFEngine on this host. */
  public ProcessBuilder program(String name, String... arguments) {
    ProcessBuilder builder = new ProcessBuilder(ExternalProgram.require(name).toString());
    builder.command().addAll(List.of(arguments));
    builder.environment().put("CFENGINE_TEST_OVERRIDE_WORKDIR", host.folder().toString());
    return builder.directory(host.folder().toFile());
  }
}
