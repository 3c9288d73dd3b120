package io.remoterun.testkit;

import io.remoterun.protocol.keys.HostKey;
import io.remoterun.protocol.keys.KeyDigest;
import io.remoterun.protocol.keys.KeyDirectory;
import io.remoterun.protocol.keys.KeyHash;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.cert.X509Certificate;

/**
 * A host with a folder of its own, and in it {@code ppkeys} with its pair, as CFEngine lays it out.
 */
public final class TestHost {
  private final Path folder;
  private final HostKey key;

  private TestHost(Path folder, HostKey key) {
    this.folder = folder;
    this.key = key;
  }

  /** Makes {@code parent/name}, mode 700, with the pair that {@link TestKeys} has for that name. */
  public static TestHost make(Path parent, String name) throws IOException {
    Path folder = parent.resolve(name);
    var ownerOnly = PosixFilePermissions.fromString("rwx------");
    Files.createDirectories(
        folder.resolve("ppkeys"), PosixFilePermissions.asFileAttribute(ownerOnly));
    TestHost host = new TestHost(folder, TestKeys.of(name));
    host.key.write(host.ppkeys().resolve("localhost.priv"));
    host.key.writePublic(host.ppkeys().resolve("localhost.pub"));
    return host;
  }

  /** Stores the others' public keys, for the user {@code root}. */
  public TestHost trusting(TestHost... others) throws IOException {
    for (TestHost other : others) {
      keys().trust("root", other.key.publicKey());
    }
    return this;
  }

  public Path folder() {
    return folder;
  }

  public Path ppkeys() {
    return folder.resolve("ppkeys");
  }

  public KeyDirectory keys() {
    return new KeyDirectory(ppkeys());
  }

  public HostKey key() {
    return key;
  }

  /** CFEngine's, {@code CN=a}. */
  public X509Certificate certificate() {
    return key.certificate();
  }

  public KeyDigest digest() {
    return KeyDigest.md5(key.publicKey());
  }

  public KeyHash hash() {
    return KeyHash.of(key.publicKey());
  }
}
