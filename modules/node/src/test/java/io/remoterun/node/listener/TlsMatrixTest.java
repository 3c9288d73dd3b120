package io.remoterun.node.listener;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import io.remoterun.protocol.keys.KeyDigest;
import io.remoterun.protocol.keys.KeyHash;
import io.remoterun.testing.Eventually;
import io.remoterun.testkit.CfengineDialogue;
import io.remoterun.testkit.ShownKey;
import io.remoterun.testkit.TestHost;
import io.remoterun.testkit.TestKeys;
import io.remoterun.testkit.Wire;
import java.io.IOException;
import java.nio.file.Path;
import java.security.PublicKey;
import java.security.interfaces.RSAPublicKey;
import java.time.Duration;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Each way in which TLS may be wrong: no run, closed within a second, one line that says why. */
class TlsMatrixTest {
  private static final Duration SECOND = Duration.ofSeconds(1);
  private static final ShownKey ELLIPTIC = ShownKey.made("EC", 256);
  private static final ShownKey WEAK = ShownKey.made("RSA", 1024);
  private static final ShownKey STRANGER = ShownKey.of(TestKeys.of("stranger"));

  @TempDir private Path folder = Path.of("");
  private RunningNode node;
  private Map<String, ShownKey> peers;

  /** The second is the node's, and not that of a JVM which does this for the first time. */
  @BeforeAll
  static void shakesHandsOnce(@TempDir Path other) throws Exception {
    try (RunningNode node = RunningNode.in(other).start()) {
      node.identified().close();
    }
  }

  @BeforeEach
  void startsAndAdmitsWhatItCan() throws Exception {
    TestHost relay = TestHost.make(folder.resolve("names"), "relay");
    String[] admitted = {
      relay.digest().value(),
      KeyHash.of(ELLIPTIC.publicKey()).toString(),
      KeyHash.of(WEAK.publicKey()).toString()
    };
    node = RunningNode.in(folder).script("echo hello").admitting(admitted).start();
    ShownKey known = ShownKey.of(relay.key());
    peers =
        Map.of(
            "stranger",
            STRANGER,
            "expired",
            ShownKey.expired(relay.key()),
            "two",
            known.and(STRANGER.chain().getFirst()),
            "behind",
            STRANGER.and(known.chain().getFirst()),
            "elliptic",
            ELLIPTIC,
            "weak",
            WEAK);
  }

  @AfterEach
  void goesOn() throws Exception {
    try (RunningNode last = node) {
      assertThat(last.log.lines()).noneMatch(line -> line.contains("asks for a run"));
      assertThat(last.ask("EXEC")).contains("> hello\n", "(exit code: 0)\n");
    }
  }

  @ParameterizedTest
  @CsvSource({
    "stranger, ' is not admitted'",
    "expired, its certificate has expired at 20",
    "two, it shows 2 certificates instead of one",
    "behind, ' is not admitted'",
    "elliptic, its key is EC instead of RSA",
    "weak, its key has 1024 bits instead of at least 2048"
  })
  void aPeerThatShowsTheWrongThingIsClosed(String peer, String reason) throws Exception {
    ShownKey shown = Objects.requireNonNull(peers.get(peer));
    long begin = System.nanoTime();
    try (Wire wire = Wire.connect(node.listener.port(), shown)) {
      assertThat(new String(wire.awaitClose(), ISO_8859_1)).isEmpty();
    } catch (IOException e) {
      // closed in the handshake
    }
    assertOneRefusal(begin, reason, nameOf(shown.publicKey()));
  }

  /** The key that it has proved to have, as an operator knows it. */
  private static String nameOf(PublicKey key) {
    return key instanceof RSAPublicKey rsa
        ? KeyDigest.md5(rsa).toString()
        : KeyHash.of(key).toString();
  }

  @Test
  void aPeerThatShowsNothingIsClosed() throws Exception {
    long begin = System.nanoTime();
    try (Wire wire = Wire.connectWithoutKey(node.listener.port())) {
      assertThat(wire.awaitClose()).isEmpty();
    } catch (IOException e) {
      // closed in the handshake
    }
    assertOneRefusal(begin, "no TLS: ");
  }

  /** A node's clock may be years behind. */
  @Test
  void aCertificateOfTheFutureIsNoReason() throws Exception {
    ShownKey future = ShownKey.notYetValid(node.relay.key());
    try (Wire wire = Wire.connect(node.listener.port(), future)) {
      assertThat(CfengineDialogue.identify(wire, "root")).startsWith("OK WELCOME");
    }
  }

  @Test
  void tls12WillDoButNoSecondHandshake() throws Exception {
    try (Wire wire = Wire.connectTls12(node.listener.port(), node.relay.key())) {
      CfengineDialogue.identify(wire, "root");
      long begin = System.nanoTime();
      wire.renegotiate();

      wire.awaitClose();
      assertThat(since(begin)).isLessThan(SECOND);
    }
    node.log.await(node.relay.digest() + " is lost: ", "enegotiation");
    assertOneWarning();
  }

  /** With what is configured unless somebody says otherwise. */
  @ParameterizedTest
  @CsvSource({"1", "4", "5", "6", "40", "100", "-1"})
  void aHelloThatDoesNotEndIsClosedSoon(int length) throws Exception {
    byte[] hello = Wire.clientHello();
    assertClosedSoon(Arrays.copyOf(hello, length > 0 ? length : hello.length + length));
  }

  @ParameterizedTest
  @CsvSource({
    "16030100 04 01000200",
    "16030100 07 01000001 0000",
    "16030100 02 0100 16030100 02 0002"
  })
  void whatIsAWholeRecordAndNoWholeHelloIsClosedSoon(String begun) throws Exception {
    assertClosedSoon(HexFormat.of().parseHex(begun.replace(" ", "")));
  }

  /** TLS may say good-bye. */
  private void assertClosedSoon(byte[] begun) throws Exception {
    long alone = System.nanoTime();
    node.identified().close();
    // What a good peer takes on a machine that is busy with something else is not the stranger's.
    Duration most = SECOND.plus(since(alone));
    long begin = System.nanoTime();
    try (Wire wire = Wire.connectPlain(node.listener.port())) {
      wire.send(begun);

      wire.awaitClose();
      assertThat(since(begin)).isBetween(SECOND.dividedBy(2), most);
    }
    node.log.await("WARN refused 127.0.0.1:", "its TLS hello has not ended within 0.6 s");
    assertOneWarning();
  }

  @Test
  void aHelloInManyPiecesIsAHello() throws Exception {
    try (Wire wire = Wire.connectPlain(node.listener.port())) {
      for (byte one : Wire.clientHello()) {
        wire.send(new byte[] {one});
      }
      assertThat(wire.readBytes(1)).containsExactly(0x16);
    }
    node.log.await("WARN refused 127.0.0.1:", "it left before the end of the TLS handshake");
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 50, 1000})
  void aHelloInManyRecordsIsAHello(int size) throws Exception {
    try (Wire wire = Wire.connectPlain(node.listener.port())) {
      wire.send(HelloTest.inRecordsOf(size, Wire.clientHello()));
      assertThat(wire.readBytes(1)).containsExactly(0x16);
    }
    node.log.await("WARN refused 127.0.0.1:", "it left before the end of the TLS handshake");
  }

  @ParameterizedTest
  @CsvSource({
    "16030100 04 0200, a handshake that begins with message 2 and no hello",
    "16030100 04 01008001, a hello of more than 32768 bytes",
    "16030100 01 01 17, a record of type 23 before its hello is there"
  })
  void whatCannotBecomeAHelloIsClosedAtOnce(String bytes, String reason) throws Exception {
    long begin = System.nanoTime();
    try (Wire wire = Wire.connectPlain(node.listener.port())) {
      wire.send(HexFormat.of().parseHex(bytes.replace(" ", "")));

      assertThat(wire.awaitClose()).isEmpty();
    }
    assertOneRefusal(begin, "no TLS: " + reason);
  }

  @Test
  void aHelloThatIsCutIsOverAtOnce() throws Exception {
    long begin = System.nanoTime();
    try (Wire wire = Wire.connectPlain(node.listener.port())) {
      wire.send(Arrays.copyOf(Wire.clientHello(), 40));
      wire.cut();
    }
    assertOneRefusal(begin, "it left before the end of the TLS handshake");
  }

  @Test
  void garbageAfterAHelloIsClosed() throws Exception {
    long begin = System.nanoTime();
    try (Wire wire = Wire.connectPlain(node.listener.port())) {
      wire.send(Wire.clientHello());
      wire.send("GET / HTTP/1.1\r\n\r\n".repeat(100));

      wire.awaitClose();
    }
    assertOneRefusal(begin, "no TLS: ");
  }

  private void assertOneRefusal(long begin, String reason) {
    assertOneRefusal(begin, reason, "");
  }

  private void assertOneRefusal(long begin, String reason, String key) {
    node.log.await("WARN refused 127.0.0.1:", reason, key);
    assertThat(since(begin)).isLessThan(SECOND);
    assertOneWarning();
  }

  /** When all is over: what is closed might still say something. */
  private void assertOneWarning() {
    Eventually.await(
        "nobody is there", () -> node.listener.connections() == 0, node.listener::connections);
    List<String> warnings =
        node.log.lines().stream().filter(line -> !line.startsWith("INFO ")).toList();
    assertThat(warnings).hasSize(1);
  }

  private static Duration since(long begin) {
    return Duration.ofNanos(System.nanoTime() - begin);
  }
}
