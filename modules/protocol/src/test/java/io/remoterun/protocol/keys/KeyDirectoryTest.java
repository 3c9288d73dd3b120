package io.remoterun.protocol.keys;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.interfaces.RSAPublicKey;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class KeyDirectoryTest {
  private static final RSAPublicKey ALICE = TestKeys.ALICE.publicKey();
  private static final RSAPublicKey BOB = TestKeys.BOB.publicKey();

  @TempDir private Path temporary = Path.of("");
  private Path folder = Path.of("");
  private KeyDirectory keys = new KeyDirectory(folder);

  @BeforeEach
  void choosesAFolderThatIsNotThereYet() {
    folder = temporary.resolve("state/ppkeys");
    keys = new KeyDirectory(folder);
  }

  @Test
  void makesWhatIsMissing() throws IOException {
    HostKey key = keys.hostKeyMadeIfMissing();

    assertThat(permissions(folder)).isEqualTo("rwx------");
    assertThat(permissions(folder.resolve("localhost.priv"))).isEqualTo("rw-------");
    assertThat(HostKey.readPublic(folder.resolve("localhost.pub"))).isEqualTo(key.publicKey());
    assertThat(keys.hostKey().privateKey()).isEqualTo(key.privateKey());
    assertThat(keys.hostKeyMadeIfMissing().privateKey()).isEqualTo(key.privateKey());
  }

  @Test
  void writesAMissingPublicHalfOfAnExistingPair() throws IOException {
    Files.createDirectories(folder);
    TestKeys.ALICE.write(folder.resolve("localhost.priv"));
    keys.hostKeyMadeIfMissing();

    assertThat(HostKey.readPublic(folder.resolve("localhost.pub"))).isEqualTo(ALICE);
  }

  @Test
  void givesOnePairToAllWhoMakeItAtOnce() throws Exception {
    List<Callable<HostKey>> makers = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      makers.add(() -> new KeyDirectory(folder).hostKeyMadeIfMissing());
    }
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      RSAPublicKey stored = null;
      for (Future<HostKey> made : threads.invokeAll(makers)) {
        stored = stored == null ? made.get().publicKey() : stored;
        assertThat(made.get().publicKey()).isEqualTo(stored);
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"rw-r-----", "rw----r--", "rw--w----"})
  void refusesAPrivateKeyThatOthersMayAccess(String mode) throws IOException {
    keys.hostKeyMadeIfMissing();
    Path file = folder.resolve("localhost.priv");
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString(mode));

    assertThatExceptionOfType(KeyFileException.class)
        .isThrownBy(() -> keys.hostKey())
        .withMessageStartingWith(file + ": others than its owner have access")
        .withMessageContaining(mode)
        .withMessageEndingWith("chmod 600 " + file);
  }

  @Test
  void hasNoPairBeforeItIsMade() {
    assertThatExceptionOfType(NoSuchFileException.class).isThrownBy(() -> keys.hostKey());
  }

  @Test
  void trustsTheStoredKeyOfThatUserOnly() throws IOException {
    keys.trust("root", ALICE);

    assertThat(folder.resolve("root-" + KeyDigest.md5(ALICE) + ".pub")).exists();
    assertThat(keys.isTrusted("root", ALICE)).isTrue();
    assertThat(keys.isTrusted("root", BOB)).isFalse();
    assertThat(keys.isTrusted("nobody", ALICE)).isFalse();
  }

  @Test
  void trustsAKeyStoredUnderItsSha256Digest() throws IOException {
    Files.createDirectories(folder);
    TestKeys.ALICE.writePublic(folder.resolve("root-" + KeyDigest.sha256(ALICE) + ".pub"));

    assertThat(keys.isTrusted("root", ALICE)).isTrue();
  }

  @Test
  void doesNotTrustAKeyForAnotherKeysName() throws IOException {
    Files.createDirectories(folder);
    TestKeys.ALICE.writePublic(folder.resolve("root-" + KeyDigest.md5(BOB) + ".pub"));

    assertThat(keys.isTrusted("root", BOB)).isFalse();
    assertThat(keys.isTrusted("root", ALICE)).isFalse();
  }

  @Test
  void doesNotTrustAKeyThatWasTakenAway() throws IOException {
    keys.trust("root", ALICE);
    Files.delete(folder.resolve("root-" + KeyDigest.md5(ALICE) + ".pub"));

    assertThat(keys.isTrusted("root", ALICE)).isFalse();
  }

  @Test
  void tellsTheOthersKeysAndNotItsOwnWhateverVanishesMeanwhile() throws IOException {
    keys.trust("root", keys.hostKeyMadeIfMissing().publicKey());
    keys.trust("root", ALICE);
    keys.trust("operator", BOB);
    assertThat(keys.othersOf("root")).containsExactly(KeyDigest.md5(ALICE));

    // As one that is removed between the look into the folder and the look at the file.
    Files.createSymbolicLink(folder.resolve("root-MD5=0.pub"), folder.resolve("gone"));
    assertThat(keys.othersOf("root")).containsExactly(KeyDigest.md5(ALICE));
    Files.delete(folder.resolve("root-" + KeyDigest.md5(ALICE) + ".pub"));
    assertThat(keys.othersOf("root")).isEmpty();
    Files.delete(folder.resolve("localhost.pub"));
    assertThat(keys.othersOf("root")).isEmpty();
  }

  @Test
  void saysWhichStoredKeyIsBroken() throws IOException {
    keys.trust("root", ALICE);
    Path file = folder.resolve("root-" + KeyDigest.md5(ALICE) + ".pub");
    Files.writeString(file, "");

    assertThatExceptionOfType(KeyFileException.class)
        .isThrownBy(() -> keys.isTrusted("root", ALICE))
        .withMessage("%s: holds no PEM", file);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "../root", "a/b", "root\n", "a b", "r\u00f6t"})
  void takesNoUserNameThatIsNone(String user) throws IOException {
    assertThat(keys.isTrusted(user, ALICE)).isFalse();
    assertThatIllegalArgumentException().isThrownBy(() -> keys.trust(user, ALICE));
  }

  private static String permissions(Path file) throws IOException {
    return PosixFilePermissions.toString(Files.getPosixFilePermissions(file));
  }
}
