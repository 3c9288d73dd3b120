package io.remoterun.relay.transport;

import static org.assertj.core.api.Assertions.assertThat;

import io.remoterun.protocol.keys.HostKey;
import io.remoterun.protocol.keys.KeyDigest;
import io.remoterun.protocol.keys.KeyHash;
import io.remoterun.protocol.keys.NodeCertificates;
import io.remoterun.protocol.keys.StoredKeys;
import io.remoterun.protocol.nodelist.NodeEntry;
import io.remoterun.protocol.run.ExitStatus;
import io.remoterun.protocol.run.NodeId;
import io.remoterun.protocol.run.RunEvent;
import io.remoterun.protocol.run.RunFailure;
import io.remoterun.protocol.run.RunFailure.Kind;
import io.remoterun.testkit.CapturedLog;
import io.remoterun.testkit.CfengineDialogue;
import io.remoterun.testkit.ScriptedServer;
import io.remoterun.testkit.TestKeys;
import io.remoterun.testkit.Wire;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** Which key a node has to have, shown in handshakes. */
@Timeout(30)
class NodeIdentityTest {
  private static final NodeId ID = new NodeId("n1");
  private static final HostKey NODE = TestKeys.of("node");
  private static final HostKey OTHER = TestKeys.of("other");
  private static final HostKey THIRD = TestKeys.of("third");
  private static final String LOG = "remote-run.relay.identity";
  private static final RunEvent SUCCESS = new RunEvent.Finished(ID, ExitStatus.code(0));

  @TempDir private Path folder;
  private StoredKeys stored;

  @BeforeEach
  void make() {
    stored = new StoredKeys(folder.resolve("stored"));
  }

  @Test
  void theKeyHashOfTheNodeListGoesBeforeAllOthers() throws IOException {
    stored.storeFirst(ID, THIRD.publicKey());
    NodeKeys keys = keys(true, OTHER.certificateOf(ID));

    assertThat(trigger(keys, node(NODE), NODE)).isEqualTo(SUCCESS);
    assertWrong(trigger(keys, node(NODE), OTHER), OTHER, "expected " + hash(NODE));
    assertWrong(trigger(keys, node(NODE), THIRD), THIRD, "expected " + hash(NODE));
  }

  @Test
  void certificatesGoBeforeAStoredKey() throws IOException {
    stored.storeFirst(ID, THIRD.publicKey());
    NodeKeys keys = keys(true, NODE.certificateOf(ID), OTHER.certificateOf(ID));

    assertThat(trigger(keys, node(null), NODE)).isEqualTo(SUCCESS);
    assertThat(trigger(keys, node(null), OTHER)).isEqualTo(SUCCESS);
    assertWrong(
        trigger(keys, node(null), THIRD), THIRD, "expected " + hash(NODE) + " or " + hash(OTHER));
  }

  @Test
  void aKeyThatIsKnownForAnotherNodeIsNotEnough() throws IOException {
    stored.storeFirst(new NodeId("n2"), NODE.publicKey());
    NodeKeys keys = keys(false, NODE.certificateOf(new NodeId("n3")));

    RunFailure failure = failure(trigger(keys, node(null), NODE));
    assertThat(failure.kind()).isEqualTo(Kind.WRONG_KEY);
    assertThat(failure.reason())
        .contains("no key is known for node n1")
        .endsWith("or let remote-run.relay.unknown-keys be store");
  }

  @Test
  void aStoredKeyCountsAlsoWhereUnknownOnesAreRefused() throws IOException {
    stored.storeFirst(ID, NODE.publicKey());
    NodeKeys keys = keys(false);

    assertThat(trigger(keys, node(null), NODE)).isEqualTo(SUCCESS);
    assertWrong(
        trigger(keys, node(null), OTHER),
        OTHER,
        "expected "
            + hash(NODE)
            + ", which it had when it was first used; if it has a new one, remove "
            + stored.fileOf(ID));
  }

  @Test
  void theKeyOfTheFirstUseIsStoredAndLoggedAndNoOtherIsTrustedFromThenOn() throws IOException {
    NodeKeys keys = keys(true);
    try (CapturedLog log = CapturedLog.of(LOG)) {
      assertThat(trigger(keys, node(null), NODE)).isEqualTo(SUCCESS);
      log.await(
          "WARN node n1 is used for the first time",
          "localhost:",
          hash(NODE),
          stored.fileOf(ID).toString());

      assertThat(trigger(keys, node(null), NODE)).isEqualTo(SUCCESS);
      assertThat(log.lines()).hasSize(1);
    }
    assertThat(stored.find(ID)).contains(NODE.publicKey());
    assertWrong(trigger(keys, node(null), OTHER), OTHER, "remove " + stored.fileOf(ID));

    Files.delete(stored.fileOf(ID));
    assertThat(trigger(keys, node(null), OTHER)).isEqualTo(SUCCESS);
  }

  @Test
  void ofTwoFirstUsesAtOnceOneWins() throws Exception {
    NodeKeys keys = keys(true);
    // Both have shown their key before either can be stored.
    CyclicBarrier both = new CyclicBarrier(2);
    ScriptedServer.Script script =
        wire -> {
          wire.peerKey();
          both.await(10, TimeUnit.SECONDS);
          playAgent(wire);
        };
    try (ScriptedServer one = ScriptedServer.tls(NODE, script);
        ScriptedServer two = ScriptedServer.tls(OTHER, script)) {
      List<RunEvent> ends =
          Flux.merge(run(keys, node(null), one), run(keys, node(null), two))
              .filter(RunEvent::isTerminal)
              .collectList()
              .blockOptional()
              .orElseThrow();

      HostKey winner = stored.find(ID).orElseThrow().equals(NODE.publicKey()) ? NODE : OTHER;
      HostKey loser = winner == NODE ? OTHER : NODE;
      assertThat(ends).hasSize(2).contains(SUCCESS);
      RunEvent failed = ends.getFirst().equals(SUCCESS) ? ends.getLast() : ends.getFirst();
      assertWrong(failed, loser, "expected " + hash(winner));
    }
  }

  @Test
  void aStoredKeyThatCannotBeReadIsNotTakenForNone() throws IOException {
    stored.storeFirst(ID, NODE.publicKey());
    Files.writeString(stored.fileOf(ID), "broken");

    RunFailure failure = failure(trigger(keys(true), node(null), NODE));
    assertThat(failure.kind()).isEqualTo(Kind.WRONG_KEY);
    assertThat(failure.reason()).endsWith(": " + stored.fileOf(ID) + ": holds no PEM");
  }

  @Test
  void aKeyThatCannotBeStoredIsNotTrusted() throws IOException {
    Files.writeString(folder.resolve("stored"), "no folder");
    stored = new StoredKeys(folder.resolve("stored").resolve("below"));

    RunFailure failure = failure(trigger(keys(true), node(null), NODE));
    assertThat(failure.kind()).isEqualTo(Kind.WRONG_KEY);
    assertThat(failure.reason()).contains(stored.fileOf(ID).toString());
  }

  private NodeKeys keys(boolean storesUnknown, X509Certificate... certificates) throws IOException {
    Path pem = folder.resolve("certificates.pem");
    NodeCertificates.write(pem, List.of(certificates));
    NodeCertificates known = NodeCertificates.read(pem);
    return new NodeKeys(() -> known, stored, storesUnknown, LoggerFactory.getLogger(LOG));
  }

  /** How the run ends of a node that presents that key. */
  private static RunEvent trigger(NodeKeys keys, NodeEntry node, HostKey presented)
      throws IOException {
    try (ScriptedServer server = ScriptedServer.tls(presented, wire -> playAgent(wire))) {
      return run(keys, node, server).blockOptional().orElseThrow();
    }
  }

  /** Says what it has to say, unless the client leaves because of the key. */
  private static void playAgent(Wire wire) throws IOException {
    try {
      CfengineDialogue.welcome(wire);
    } catch (IOException e) {
      return; // what the client says of it is what counts
    }
    CfengineDialogue.hearRequest(wire);
    CfengineDialogue.answer(wire, 0, "OK");
    wire.awaitClose();
  }

  private static Mono<RunEvent> run(NodeKeys keys, NodeEntry node, ScriptedServer server) {
    Duration patience = Duration.ofSeconds(20);
    CfengineTransport transport =
        new CfengineTransport(
            new CfengineTransport.Settings(
                "relay root",
                "root",
                1000,
                10,
                new CfengineTransport.Deadlines(
                    patience, patience, patience, patience, patience, patience)),
            TestKeys.of("relay"),
            entry -> InetSocketAddress.createUnresolved("localhost", server.port()),
            keys);
    return transport.run(List.of(node), NodeTransportContract.request(), Mono.never()).last();
  }

  private static NodeEntry node(@Nullable HostKey listed) {
    return new NodeEntry(
        ID,
        "localhost",
        Optional.ofNullable(listed).map(key -> KeyHash.of(key.publicKey())),
        NodeId.ROOT);
  }

  private static void assertWrong(RunEvent end, HostKey presented, String words) {
    RunFailure failure = failure(end);
    assertThat(failure.kind()).isEqualTo(Kind.WRONG_KEY);
    assertThat(failure.reason())
        .startsWith("localhost:")
        .contains("the peer's key " + KeyDigest.md5(presented.publicKey()), hash(presented), words);
  }

  private static String hash(HostKey key) {
    return KeyHash.of(key.publicKey()).toString();
  }

  private static RunFailure failure(RunEvent end) {
    return ((RunEvent.Failed) end).failure();
  }
}
