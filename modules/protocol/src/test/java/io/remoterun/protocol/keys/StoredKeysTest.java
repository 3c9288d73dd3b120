package io.remoterun.protocol.keys;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.remoterun.protocol.run.BadRequest;
import io.remoterun.protocol.run.NodeId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class StoredKeysTest {
  private static final NodeId N1 = new NodeId("n1");
  private static final HostKey FIRST = TestKeys.ALICE;
  private static final HostKey SECOND = TestKeys.BOB;

  @TempDir private Path parent;

  @Test
  void theFirstKeyStays() throws IOException {
    StoredKeys keys = new StoredKeys(folder());

    assertThat(keys.find(N1)).isEmpty();
    assertThat(keys.storeFirst(N1, FIRST.publicKey())).isTrue();
    assertThat(keys.storeFirst(N1, SECOND.publicKey())).isFalse();
    assertThat(keys.find(N1)).contains(FIRST.publicKey());
    assertThat(keys.find(new NodeId("n2"))).isEmpty();
  }

  @Test
  void onlyItsOwnerMayReadAndNothingElseIsLeft() throws IOException {
    StoredKeys keys = new StoredKeys(folder());
    keys.storeFirst(N1, FIRST.publicKey());
    keys.storeFirst(N1, SECOND.publicKey());

    assertThat(mode(folder())).isEqualTo("rwx------");
    assertThat(mode(keys.fileOf(N1))).isEqualTo("rw-------");
    assertThat(keys.fileOf(N1)).content().startsWith("-----BEGIN RSA PUBLIC KEY-----\n");
    try (Stream<Path> files = Files.list(folder())) {
      assertThat(files).containsExactly(folder().resolve("n1.pub"));
    }
  }

  @Test
  void ofManyAtOnceOneWins() throws Exception {
    CyclicBarrier start = new CyclicBarrier(8);
    try (ExecutorService threads = Executors.newFixedThreadPool(8)) {
      List<Future<Boolean>> stored =
          Stream.generate(
                  () ->
                      threads.submit(
                          () -> {
                            start.await();
                            return new StoredKeys(folder()).storeFirst(N1, FIRST.publicKey());
                          }))
              .limit(8)
              .toList();
      int winners = 0;
      for (Future<Boolean> one : stored) {
        winners += one.get() ? 1 : 0;
      }
      assertThat(winners).isOne();
    }
  }

  @Test
  void aBrokenFileIsNoMissingOne() throws IOException {
    StoredKeys keys = new StoredKeys(folder());
    Files.createDirectories(folder());
    Files.writeString(keys.fileOf(N1), "no key");

    assertThatExceptionOfType(KeyFileException.class)
        .isThrownBy(() -> keys.find(N1))
        .withMessage(keys.fileOf(N1) + ": holds no PEM");
    assertThat(keys.storeFirst(N1, FIRST.publicKey())).isFalse();
  }

  @ParameterizedTest
  @ValueSource(strings = {"..", "../n1", "a/b", "/etc/x", ".hidden", "a\0b", "a\n", ""})
  void whatCouldBeAPathIsNoNode(String id) {
    assertThatExceptionOfType(BadRequest.class).isThrownBy(() -> new NodeId(id));
  }

  @ParameterizedTest
  @ValueSource(strings = {"root", "a..b", "n1.pub", "37817c4d-fbf7-4850-a985-50021f4e8f41"})
  void everyNodeHasAFileInTheFolder(String id) {
    assertThat(new StoredKeys(folder()).fileOf(new NodeId(id)).normalize())
        .isEqualTo(folder().resolve(id + ".pub"));
  }

  private Path folder() {
    return parent.resolve("stored");
  }

  private static String mode(Path file) throws IOException {
    return PosixFilePermissions.toString(Files.getPosixFilePermissions(file));
  }
}
