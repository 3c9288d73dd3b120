package io.remoterun.node.listener;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.remoterun.protocol.keys.KeyDigest;
import io.remoterun.testing.Eventually;
import io.remoterun.testkit.TestKeys;
import io.remoterun.testkit.Wire;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Whoever comes with whatever: the connection ends, the log says why, and the node goes on. */
class BadPeersTest {
  private static final Duration SHORT = Duration.ofSeconds(1);

  @TempDir private Path folder = Path.of("");
  private RunningNode node;

  @BeforeEach
  void starts() throws Exception {
    node = RunningNode.in(folder).script("echo hello").start();
  }

  @AfterEach
  void goesOn() throws Exception {
    try (RunningNode last = node) {
      assertThat(last.ask("EXEC")).contains("> hello\n", "(exit code: 0)\n");
    }
  }

  @Test
  void aStrangersKeyIsClosedWithoutAWord() throws Exception {
    try (Wire wire = Wire.connect(node.listener.port(), TestKeys.of("stranger"))) {
      assertThat(wire.awaitClose()).isEmpty();
    }
    node.log.await(
        "WARN refused 127.0.0.1:",
        "the peer's key MD5=",
        KeyDigest.md5(TestKeys.of("stranger").publicKey()).value(),
        "is not admitted");
  }

  @Test
  void aPeerWithoutAKeyIsClosed() throws Exception {
    closed(() -> Wire.connectWithoutKey(node.listener.port()));
    node.log.await("WARN refused 127.0.0.1:", "no TLS: ", "Empty client certificate chain");
  }

  @Test
  void aKeyThatIsNotStoredAnyMoreIsClosedWithoutAWelcome() throws Exception {
    Path stored = node.host.ppkeys().resolve("root-" + node.relay.digest() + ".pub");
    byte[] content = Files.readAllBytes(stored);
    Files.delete(stored);
    try (Wire wire = node.connect()) {
      wire.send("CFE_v2 cf-agent 3.21.0\nIDENTITY USERNAME=root\n");
      assertThat(new String(wire.awaitClose(), ISO_8859_1)).matches("CFE_v2 remote-run .*\n");
    }
    node.log.await(
        node.relay.digest().value(), "is not admitted: the key is not stored for user root");
    Files.write(stored, content);
  }

  @Test
  void aStoredKeyFileWithAnotherKeyInItAdmitsNobody() throws Exception {
    Path stored = node.host.ppkeys().resolve("root-" + node.relay.digest() + ".pub");
    byte[] content = Files.readAllBytes(stored);
    TestKeys.of("stranger").writePublic(stored);
    try (Wire wire = node.connect()) {
      wire.send("CFE_v2 cf-agent 3.21.0\nIDENTITY USERNAME=root\n");
      assertThat(new String(wire.awaitClose(), ISO_8859_1)).doesNotContain("WELCOME");
    }
    Files.write(stored, content);
  }

  @Test
  void anUnreadableStoredKeyAdmitsNobody() throws Exception {
    Path stored = node.host.ppkeys().resolve("root-" + node.relay.digest() + ".pub");
    byte[] content = Files.readAllBytes(stored);
    Files.writeString(stored, "no key");
    try (Wire wire = node.connect()) {
      wire.send("CFE_v2 cf-agent 3.21.0\nIDENTITY USERNAME=root\n");
      assertThat(new String(wire.awaitClose(), ISO_8859_1)).doesNotContain("WELCOME");
    }
    node.log.await("is not admitted: the stored key cannot be read: " + stored);
    Files.write(stored, content);
  }

  @Test
  void anotherUserIsNotWelcome() throws Exception {
    try (Wire wire = node.connect()) {
      wire.readLine();
      wire.send("CFE_v2 cf-agent 3.21.0\nIDENTITY USERNAME=nobody\n");
      assertThat(wire.awaitClose()).isEmpty();
    }
    node.log.await("is not admitted: the key is not stored for user nobody");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "'t 24\\0\\0\\0\\0CAUTH 1.2.3.4 host root 0'|the classic CFEngine protocol",
        "'GET / HTTP/1.1\\r\\n\\r\\n'|plain HTTP",
        "'CFE_v2 cf-agent 3.21.0\\n'|something else",
        "'x'|something else",
        "'\\0\\0\\0\\0\\0\\0\\0\\0\\0\\0'|something else"
      })
  void whatIsNoTlsIsClosedAtOnce(String text, String name) throws Exception {
    String bytes = text.replace("\\0", "\0").replace("\\r", "\r").replace("\\n", "\n");
    long begin = System.nanoTime();
    try (Wire wire = Wire.connectPlain(node.listener.port())) {
      wire.send(bytes);
      assertThat(wire.awaitClose()).isEmpty();
    }
    assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(SHORT);
    node.log.await("WARN refused 127.0.0.1:", "it does not speak TLS but " + name + ": '");
    awaitConnections(0);
    assertThat(node.log.lines()).filteredOn(line -> !line.startsWith("INFO ")).hasSize(1);
  }

  @Test
  void brokenTlsIsClosed() throws Exception {
    try (Wire wire = Wire.connectPlain(node.listener.port())) {
      wire.send("\u0016\u0003\u0001\0\u0005hello");
      wire.awaitClose();
    }
    node.log.await("WARN refused 127.0.0.1:", "no TLS: ");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"t 0\0\0\0\0\0", "t 4089\0\0", "t -1\0\0\0\0", "EXEC -D a", "t 99999999999"})
  void aFrameThatLiesIsClosed(String header) throws Exception {
    try (Wire wire = node.identified()) {
      wire.send(header);
      assertThat(wire.awaitClose()).isEmpty();
    }
    node.log.await(node.relay.digest().value(), "broke the protocol: invalid transaction header '");
  }

  @Test
  void aDialogueThatIsCutAnywhereLeavesNothing() throws Exception {
    String whole = "CFE_v2 x\nIDENTITY USERNAME=root\nt 4\0\0\0\0\0EXE";
    for (int length = 0; length <= whole.length(); length += 5) {
      try (Wire wire = node.connect()) {
        wire.send(whole.substring(0, length));
        wire.cut();
      }
    }
    try (Wire wire = node.connect()) {
      wire.reset();
    }
    awaitConnections(0);
  }

  @Test
  void whoSaysMuchBeforeItIsWelcomeIsClosedForThat() throws Exception {
    try (Wire wire = node.connect()) {
      wire.readLine();
      wire.send("CFE_v2 x\nIDENTITY USERNAME=root\n" + "x".repeat(9000));
      assertThat(wire.awaitClose()).isEmpty();
    }
    node.log.await(
        node.relay.digest() + " broke the protocol: the client does not wait for answers: closed");
    assertThat(node.log.lines()).noneMatch(line -> line.contains(" is lost: "));
  }

  @Test
  void fileCommandsAreBad() throws Exception {
    try (Wire wire = node.identified()) {
      wire.sendFrame('t', "GET 4096 /etc/shadow");
      assertThat(wire.readFrame().text()).startsWith("BAD: ");
    }
    node.log.await("asks for 'GET 4096 /etc/shadow': denied, ");
  }

  @Test
  void whoDoesNothingIsNotWaitedForLong() throws Exception {
    node.close();
    node =
        RunningNode.in(folder.resolve("quick"))
            .script("echo hello")
            .handshake(SHORT)
            .identification(SHORT)
            .idle(SHORT)
            .start();
    try (Wire bare = Wire.connectPlain(node.listener.port());
        Wire silent = node.connect();
        Wire idle = node.identified()) {
      bare.awaitClose();
      node.log.await("WARN refused 127.0.0.1:", "handshake timed out after 1000ms");
      silent.awaitClose();
      node.log.await("did not say who it is for 1.0 s: closed");
      assertThat(idle.awaitClose()).isEmpty();
      node.log.await("asked for nothing for 1.0 s: closed");
    }
  }

  /** Also who asks for what he does not get has asked for something. */
  @ParameterizedTest
  @ValueSource(strings = {"VERSION", "GET 4096 /etc/shadow"})
  void whoAsksForSomethingIsNotIdle(String request) throws Exception {
    node.close();
    node = RunningNode.in(folder.resolve("quick")).script("echo hello").idle(SHORT).start();
    try (Wire asking = node.identified();
        Wire idle = node.identified()) {
      FutureTask<byte[]> closed = new FutureTask<>(idle::awaitClose);
      Thread.ofVirtual().start(closed);
      while (!endsWithin(SHORT.dividedBy(10), closed)) {
        asking.sendFrame('t', request);
        assertThat(asking.readFrame().text()).matches("(OK|BAD): .*");
      }
      // It was welcome before the other one.
      asking.sendFrame('t', request);
      assertThat(asking.readFrame().text()).matches("(OK|BAD): .*");
    }
  }

  private static boolean endsWithin(Duration time, Future<?> task) throws Exception {
    try {
      task.get(time.toMillis(), TimeUnit.MILLISECONDS);
      return true;
    } catch (TimeoutException e) {
      return false;
    }
  }

  @Test
  void aDrippingIdentificationIsNotWaitedForEither() throws Exception {
    node.close();
    node =
        RunningNode.in(folder.resolve("quick")).script("echo hello").identification(SHORT).start();
    try (Wire wire = node.connect()) {
      assertThatThrownBy(
              () -> {
                while (true) {
                  wire.send("x");
                  // So slowly that its line is not too long by then.
                  var _ = Eventually.holds(SHORT.dividedBy(200), () -> false);
                }
              })
          .isInstanceOf(IOException.class);
    }
    node.log.await("did not say who it is for 1.0 s: closed");
    assertThat(node.log.lines()).noneMatch(line -> line.contains("broke the protocol"));
  }

  @Test
  void aFullHouseRefusesNewcomersAndGoesOn() throws Exception {
    node.close();
    node = RunningNode.in(folder.resolve("small")).script("echo hello").connections(30, 31).start();
    List<Wire> bare = new ArrayList<>();
    for (int count = 0; count < 30; count++) {
      bare.add(Wire.connectPlain(node.listener.port()));
    }
    awaitConnections(30);
    try (Wire newcomer = Wire.connectPlain(node.listener.port())) {
      newcomer.awaitClose();
      node.log.await("WARN refused 127.0.0.1:", "30 connections are there already");
    }
    for (Wire wire : bare) {
      wire.close();
    }
    awaitConnections(0);
  }

  private void awaitConnections(int count) {
    NodeListener listener = node.listener;
    Eventually.await(
        count + " connections", () -> listener.connections() == count, listener::connections);
  }

  private static void closed(Callable<Wire> connect) throws Exception {
    try (Wire wire = connect.call()) {
      assertThat(wire.awaitClose()).isEmpty();
    } catch (IOException e) {
      // closed in the handshake
    }
  }
}
