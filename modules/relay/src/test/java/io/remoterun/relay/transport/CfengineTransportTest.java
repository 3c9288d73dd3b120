package io.remoterun.relay.transport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.remoterun.protocol.keys.HostKey;
import io.remoterun.protocol.keys.KeyDigest;
import io.remoterun.protocol.keys.KeyHash;
import io.remoterun.protocol.keys.Tls;
import io.remoterun.protocol.nodelist.NodeEntry;
import io.remoterun.protocol.run.Condition;
import io.remoterun.protocol.run.ExitStatus;
import io.remoterun.protocol.run.NodeId;
import io.remoterun.protocol.run.OutputBytes;
import io.remoterun.protocol.run.RunEvent;
import io.remoterun.protocol.run.RunFailure;
import io.remoterun.protocol.run.RunFailure.Kind;
import io.remoterun.protocol.run.RunId;
import io.remoterun.protocol.run.RunRequest;
import io.remoterun.protocol.run.RunTarget;
import io.remoterun.testing.Eventually;
import io.remoterun.testkit.CfengineDialogue;
import io.remoterun.testkit.ScriptedServer;
import io.remoterun.testkit.TestKeys;
import io.remoterun.testkit.Wire;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import javax.net.ssl.SSLException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.Disposable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import reactor.netty.DisposableServer;
import reactor.netty.tcp.TcpServer;
import reactor.test.StepVerifier;

/** Against nodes that do what a script says. */
class CfengineTransportTest {
  private static final NodeId ID = new NodeId("n1");
  private static final HostKey RELAY = TestKeys.of("relay");
  private static final HostKey NODE = TestKeys.of("node");
  private static final Duration LONG = Duration.ofSeconds(20);
  private static final Duration SHORT = Duration.ofSeconds(1);
  private static final CfengineTransport.Deadlines PATIENT =
      new CfengineTransport.Deadlines(LONG, LONG, LONG, LONG, LONG, LONG);
  private static final List<Condition> CLASSES =
      List.of(new Condition("class1"), new Condition("class2"));
  private static final int MOST_BYTES = 5000;
  private static final String START = "cf-serverd executing cfruncommand: agent\n";

  @Test
  void triggersTheAgentAndTellsItsRun() throws Exception {
    ScriptedServer.Script script =
        wire -> {
          assertThat(CfengineDialogue.welcome(wire).get(0)).startsWith("CFE_v2 remote-run ");
          assertThat(wire.peerKey()).isEqualTo(RELAY.publicKey());
          assertThat(CfengineDialogue.hearRequest(wire)).containsExactly("EXEC -Dclass1,class2");
          CfengineDialogue.answer(wire, 3, "one", "", "(exit code: 0)");
          assertThat(wire.awaitClose()).isEmpty();
        };

    assertThat(events(script))
        .containsExactly(
            new RunEvent.Started(ID, "agent"),
            output("one\n"),
            output("\n"),
            output("(exit code: 0)\n"),
            new RunEvent.Finished(ID, ExitStatus.code(3)));
  }

  @Test
  void joinsPiecesAndKeepsEveryByte() throws Exception {
    ScriptedServer.Script script =
        running(
            wire -> {
              wire.sendFrame('t', "> a ");
              wire.sendFrame('t', "> long\0 line\n");
              wire.sendFrame('t', "> " + "x".repeat(4000));
              wire.sendFrame('t', "> " + "x".repeat(4000) + "\n");
              wire.sendFrame('t', "> no end");
              CfengineDialogue.end(wire);
            });

    assertThat(events(script))
        .containsExactly(
            new RunEvent.Started(ID, "agent"),
            output("a long\0 line\n"),
            output("x".repeat(MOST_BYTES)),
            output("x".repeat(3000) + "\n"),
            output("no end"),
            new RunEvent.Finished(ID, new ExitStatus.Killed()));
  }

  @Test
  void tellsGapsInTheirPlace() throws Exception {
    ScriptedServer.Script script =
        running(
            wire -> {
              wire.sendFrame('t', "> a");
              wire.sendFrame('t', "(12 bytes of output dropped)\n");
              wire.sendFrame('t', "> b\n");
              CfengineDialogue.end(wire);
            });

    assertThat(events(script))
        .containsSubsequence(output("a"), new RunEvent.Gap(ID, 1, 12), output("b\n"));
  }

  @Test
  void tellsALineBeforeTheNextIsPrinted() throws Exception {
    CountDownLatch seen = new CountDownLatch(1);
    ScriptedServer.Script script =
        running(
            wire -> {
              wire.sendFrame('t', "> first\n");
              assertThat(seen.await(10, TimeUnit.SECONDS)).isTrue();
              wire.sendFrame('t', "(exit code: 0)\n");
              CfengineDialogue.end(wire);
            });
    try (ScriptedServer server = ScriptedServer.tls(NODE, script)) {
      StepVerifier.create(
              transport(PATIENT, server.port()).run(List.of(node(NODE)), request(), Mono.never()))
          .expectNextCount(1)
          .expectNext(output("first\n"))
          .then(seen::countDown)
          .expectNext(new RunEvent.Finished(ID, ExitStatus.code(0)))
          .expectComplete()
          .verify(LONG);
    }
  }

  @Test
  void cancellingClosesTheConnection() throws Exception {
    ScriptedServer.Script script = running(wire -> assertThat(wire.awaitClose()).isEmpty());
    try (ScriptedServer server = ScriptedServer.tls(NODE, script)) {
      StepVerifier.create(
              transport(PATIENT, server.port()).run(List.of(node(NODE)), request(), Mono.never()))
          .expectNextCount(1)
          .thenCancel()
          .verify(LONG);
    }
  }

  @Test
  void aNodeOfOursIsAskedToStopAndSaysHowTheAgentEnded() throws Exception {
    Sinks.Empty<Void> cancel = Sinks.empty();
    RunRequest request = request();
    ScriptedServer.Script script =
        wire -> {
          assertThat(welcomeAsOurs(wire))
              .isEqualTo("IDENTITY USERNAME=root REMOTE_RUN=1 RUN=" + request.id());
          CfengineDialogue.hearRequest(wire);
          wire.sendFrame('t', START);
          assertThat(wire.readFrame().text()).isEqualTo("CANCEL");
          wire.sendFrame('t', "> bye");
          wire.sendFrame('t', "(stopped: it was asked to)\n");
          CfengineDialogue.end(wire);
          wire.awaitClose();
        };
    try (ScriptedServer server = ScriptedServer.tls(NODE, script)) {
      assertThat(
              collect(
                  transport(PATIENT, server.port())
                      .run(List.of(node(NODE)), request, cancel.asMono())
                      .doOnNext(event -> cancel.tryEmitEmpty())))
          .containsExactly(
              new RunEvent.Started(ID, "agent"),
              output("bye"),
              new RunEvent.Failed(ID, new RunFailure(Kind.STOPPED, "node n1", "it was asked to")));
    }
  }

  @Test
  void whoDoesNotAnswerACancelIsNotWaitedForLong() throws Exception {
    var deadlines = new CfengineTransport.Deadlines(LONG, LONG, LONG, LONG, SHORT, LONG);
    ScriptedServer.Script script =
        wire -> {
          welcomeAsOurs(wire);
          CfengineDialogue.hearRequest(wire);
          wire.sendFrame('t', START);
          assertThat(wire.readFrame().text()).isEqualTo("CANCEL");
          assertThat(wire.awaitClose()).isEmpty();
        };
    RunFailure failure = cancelledOnceStarted(deadlines, script);

    assertThat(failure.kind()).isEqualTo(Kind.UNCONFIRMED);
    assertThat(failure.reason()).contains("its end is not told after 1.0 s");
  }

  @Test
  void whoMayNotCancelIsToldAtOnce() throws Exception {
    ScriptedServer.Script script =
        wire -> {
          welcomeAsOurs(wire);
          CfengineDialogue.hearRequest(wire);
          wire.sendFrame('t', START);
          assertThat(wire.readFrame().text()).isEqualTo("CANCEL");
          wire.sendFrame('t', "(not stopped: 2 more follow it)\n");
          assertThat(wire.awaitClose()).isEmpty();
        };
    RunFailure failure = cancelledOnceStarted(PATIENT, script);

    assertThat(failure.kind()).isEqualTo(Kind.UNCONFIRMED);
    assertThat(failure.reason()).isEqualTo("2 more follow it");
  }

  /** It would not understand. */
  @Test
  void cfServerdIsLeftWhenItsRunIsCancelled() throws Exception {
    RunFailure failure =
        cancelledOnceStarted(PATIENT, running(wire -> assertThat(wire.awaitClose()).isEmpty()));

    assertThat(failure.kind()).isEqualTo(Kind.UNCONFIRMED);
    assertThat(failure.reason()).contains("its node cannot be asked to stop it");
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void whatIsCancelledBeforeTheAgentWasAskedForWasNotStarted(boolean greets) throws Exception {
    Sinks.Empty<Void> cancel = Sinks.empty();
    ScriptedServer.Script script =
        wire -> {
          if (greets) {
            wire.send("CFE_v3 cf-serverd 3.21.0\n");
            wire.readLine();
            wire.readLine();
          } else {
            assertThat(wire.peerKey()).isNotNull();
          }
          cancel.tryEmitEmpty();
          wire.awaitClose();
        };
    try (ScriptedServer server = ScriptedServer.tls(NODE, script)) {
      assertThat(
              failure(
                      transport(PATIENT, server.port())
                          .run(List.of(node(NODE)), request(), cancel.asMono()))
                  .kind())
          .isEqualTo(Kind.STOPPED);
    }
  }

  @Test
  void whatIsCancelledInTheHandshakeWasNotStarted() throws Exception {
    Sinks.Empty<Void> cancel = Sinks.empty();
    ScriptedServer.Script script =
        wire -> {
          wire.readBytes(5);
          cancel.tryEmitEmpty();
          wire.awaitClose();
        };
    try (ScriptedServer server = ScriptedServer.plain(script)) {
      RunFailure failure =
          failure(
              transport(PATIENT, server.port())
                  .run(List.of(node(NODE)), request(), cancel.asMono()));

      assertThat(failure.kind()).isEqualTo(Kind.STOPPED);
      assertThat(failure.reason()).endsWith("cancelled before there was a connection");
    }
  }

  private static RunFailure cancelledOnceStarted(
      CfengineTransport.Deadlines deadlines, ScriptedServer.Script script) throws IOException {
    Sinks.Empty<Void> cancel = Sinks.empty();
    try (ScriptedServer server = ScriptedServer.tls(NODE, script)) {
      return failure(
          transport(deadlines, server.port())
              .run(List.of(node(NODE)), request(), cancel.asMono())
              .doOnNext(event -> cancel.tryEmitEmpty()));
    }
  }

  /**
   * As a node of ours.
   *
   * @return the identity that it was told
   */
  private static String welcomeAsOurs(Wire wire) throws IOException {
    wire.send("CFE_v2 remote-run 0.1.0\n");
    wire.readLine();
    String identity = wire.readLine();
    wire.send("OK WELCOME USERNAME=root REMOTE_RUN=1\n");
    return identity;
  }

  @Test
  void aSlowConsumerMakesTheNodeWaitAndIsNotTakenForASlowNode() throws Exception {
    int lines = 20_000;
    AtomicInteger sent = new AtomicInteger();
    ScriptedServer.Script script =
        running(
            wire -> {
              while (sent.get() < lines) {
                wire.sendFrame('t', "> " + "x".repeat(4000) + "\n");
                sent.incrementAndGet();
              }
              CfengineDialogue.end(wire);
              wire.awaitClose();
            });
    var deadlines = new CfengineTransport.Deadlines(LONG, LONG, LONG, SHORT, LONG, LONG);
    try (ScriptedServer server = ScriptedServer.tls(NODE, script)) {
      Flux<RunEvent> events =
          transport(deadlines, server.port()).run(List.of(node(NODE)), request(), Mono.never());
      StepVerifier.create(events, 5)
          .expectNextCount(5)
          // As long as the node would be waited for: 80 MB would be there by then.
          .thenAwait(SHORT.multipliedBy(2))
          .then(() -> assertThat(sent.get()).isLessThan(lines))
          .thenRequest(Long.MAX_VALUE)
          .thenConsumeWhile(event -> event instanceof RunEvent.Output)
          .expectNext(new RunEvent.Finished(ID, new ExitStatus.Killed()))
          .expectComplete()
          .verify(LONG);
    }
  }

  @Test
  void aNodeWithoutAKnownKeyIsNotEvenConnectedTo() throws Exception {
    try (ScriptedServer server = ScriptedServer.tls(NODE, wire -> {})) {
      NodeEntry unknown = new NodeEntry(ID, "localhost", Optional.empty(), NodeId.ROOT);
      assertThat(
              failure(
                  transport(PATIENT, server.port()).run(List.of(unknown), request(), Mono.never())))
          .isEqualTo(
              new RunFailure(
                  Kind.WRONG_KEY,
                  "relay root",
                  "localhost:"
                      + server.port()
                      + ": no key is known for node n1, so nobody can prove to be it; put its"
                      + " key-hash into the node list, or let remote-run.relay.unknown-keys be"
                      + " store"));
      assertThat(server.connections()).isZero();
    }
  }

  @Test
  void anotherKeyIsRefusedBeforeAWordIsSaid() throws Exception {
    HostKey other = TestKeys.of("other");
    ScriptedServer.Script script = wire -> assertThat(wire.awaitClose()).isEmpty();
    try (ScriptedServer server = ScriptedServer.tls(NODE, script)) {
      RunFailure failure =
          failure(
              transport(PATIENT, server.port()).run(List.of(node(other)), request(), Mono.never()));

      assertThat(failure.kind()).isEqualTo(Kind.WRONG_KEY);
      assertThat(failure.reason())
          .isEqualTo(
              "localhost:%d: the peer's key %s (%s) is not admitted, expected %s",
              server.port(),
              KeyDigest.md5(NODE.publicKey()),
              KeyHash.of(NODE.publicKey()),
              KeyHash.of(other.publicKey()));
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void aCloseWithoutAWordIsAboutOurKey(boolean greets) throws Exception {
    RunFailure failure =
        failure(
            wire -> {
              assertThat(wire.peerKey()).isNotNull();
              if (greets) {
                wire.send("CFE_v3 cf-serverd 3.21.0\n");
                wire.readLine();
                wire.readLine();
              }
            });

    assertThat(failure.kind()).isEqualTo(Kind.REFUSED);
    assertThat(failure.hop()).isEqualTo("relay root");
    assertThat(failure.reason())
        .startsWith("localhost:")
        .endsWith(
            ": closed the connection without a word: it does not admit this relay's key "
                + KeyDigest.md5(RELAY.publicKey()));
  }

  @Test
  void anAlertAboutOurKeyIsARefusal() {
    DisposableServer server =
        TcpServer.create()
            .host("127.0.0.1")
            .secure(spec -> spec.sslContext(Tls.server(NODE, NODE.certificate(), key -> false)))
            .bindNow(LONG);
    try {
      RunFailure failure =
          failure(
              transport(PATIENT, server.port()).run(List.of(node(NODE)), request(), Mono.never()));

      assertThat(failure.kind()).isEqualTo(Kind.REFUSED);
      assertThat(failure.reason())
          .contains("fatal alert: certificate_unknown")
          .endsWith("does not admit this relay's key " + KeyDigest.md5(RELAY.publicKey()));
    } finally {
      server.disposeNow(LONG);
    }
  }

  @Test
  void aRefusalIsToldInTheNodesWords() throws Exception {
    RunFailure failure =
        failure(
            wire -> {
              CfengineDialogue.welcome(wire);
              CfengineDialogue.hearRequest(wire);
              wire.sendFrame('t', "EXEC denied role activation (check cf-serverd verbose output)");
              CfengineDialogue.end(wire);
              wire.awaitClose();
            });

    assertThat(failure)
        .isEqualTo(
            new RunFailure(
                Kind.REFUSED,
                "node n1",
                "EXEC denied role activation (check cf-serverd verbose output)"));
  }

  @Test
  void anAgentThatCannotBeStartedIsToldInTheNodesWords() throws Exception {
    String words = "EXEC denied: cannot start the agent: no such file";
    RunFailure failure =
        failure(
            wire -> {
              CfengineDialogue.welcome(wire);
              CfengineDialogue.hearRequest(wire);
              wire.sendFrame('t', words);
              CfengineDialogue.end(wire);
              wire.awaitClose();
            });

    assertThat(failure).isEqualTo(new RunFailure(Kind.AGENT, "node n1", words));
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void aConnectionThatIsLostInTheMiddleIsInterrupted(boolean resets) throws Exception {
    ScriptedServer.Script script =
        running(
            wire -> {
              wire.sendFrame('t', "> one\n");
              wire.sendFrame('t', "> begun");
              if (resets) {
                wire.reset();
              } else {
                wire.cut();
              }
            });
    List<RunEvent> events = events(script);

    if (!resets) {
      assertThat(events).containsSubsequence(output("one\n"), output("begun"));
    }
    RunFailure failure = ((RunEvent.Failed) events.getLast()).failure();
    assertThat(failure.kind()).isEqualTo(Kind.INTERRUPTED);
    assertThat(failure.reason()).contains("lost while the agent was running");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"HTTP/1.1 400 Bad Request\r\n", "CFE_v1 cf-serverd\n", "CFE_v2 x\nno welcome\n"})
  void anotherProtocolIsTold(String words) throws Exception {
    RunFailure failure =
        failure(
            wire -> {
              wire.send(words);
              wire.awaitClose();
            });

    assertThat(failure.kind()).isEqualTo(Kind.PROTOCOL);
    assertThat(failure.reason()).startsWith("localhost:");
  }

  @Test
  void aFrameThatLiesIsTold() throws Exception {
    RunFailure failure =
        failure(
            running(
                wire -> {
                  wire.sendLyingFrame('t', 4089, "> x");
                  wire.awaitClose();
                }));

    assertThat(failure.kind()).isEqualTo(Kind.PROTOCOL);
    assertThat(failure.reason()).contains("invalid transaction header 't 4089");
  }

  @Test
  void plainTextInsteadOfTlsIsTold() throws Exception {
    ScriptedServer.Script script =
        wire -> {
          wire.send("SSH-2.0-OpenSSH_9.2p1 Debian-2+deb12u3\r\n");
          wire.awaitClose();
        };
    try (ScriptedServer server = ScriptedServer.plain(script)) {
      RunFailure failure =
          failure(
              transport(PATIENT, server.port()).run(List.of(node(NODE)), request(), Mono.never()));

      assertThat(failure.kind()).isEqualTo(Kind.TLS);
      assertThat(failure.reason()).startsWith("localhost:" + server.port() + ": no TLS: ");
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void aCloseInTheHandshakeIsTold(boolean resets) throws Exception {
    ScriptedServer.Script script =
        wire -> {
          wire.readBytes(5);
          if (resets) {
            wire.reset();
          }
        };
    try (ScriptedServer server = ScriptedServer.plain(script)) {
      RunFailure failure =
          failure(
              transport(PATIENT, server.port()).run(List.of(node(NODE)), request(), Mono.never()));

      assertThat(failure.kind()).isEqualTo(Kind.TLS);
      assertThat(failure.reason()).contains("the connection was lost in the TLS handshake");
    }
  }

  @Test
  void anUnreachableNodeIsTold() throws Exception {
    int closedPort;
    try (ServerSocket socket = new ServerSocket(0)) {
      closedPort = socket.getLocalPort();
    }
    RunFailure refused =
        failure(transport(PATIENT, closedPort).run(List.of(node(NODE)), request(), Mono.never()));
    assertThat(refused.kind()).isEqualTo(Kind.UNREACHABLE);
    assertThat(refused.reason())
        .startsWith("localhost:" + closedPort + ": ")
        .contains("Connection refused");

    CfengineTransport nowhere =
        transport(PATIENT, InetSocketAddress.createUnresolved("no.such.host.invalid", 5309));
    assertThat(failure(nowhere.run(List.of(node(NODE)), request(), Mono.never())))
        .isEqualTo(
            new RunFailure(
                Kind.UNREACHABLE,
                "relay root",
                "no.such.host.invalid:5309: the name does not resolve"));
  }

  @Test
  void aNodeThatDoesNotAcceptIsNotWaitedForLong() throws Exception {
    // Nobody accepts, and the queue is full: the kernel drops further attempts.
    try (ServerSocket full = new ServerSocket(0, 1)) {
      List<Wire> queue =
          List.of(Wire.connectPlain(full.getLocalPort()), Wire.connectPlain(full.getLocalPort()));
      var deadlines = new CfengineTransport.Deadlines(SHORT, LONG, LONG, LONG, LONG, LONG);
      RunFailure failure =
          failure(
              transport(deadlines, full.getLocalPort())
                  .run(List.of(node(NODE)), request(), Mono.never()));

      assertThat(failure.kind()).isEqualTo(Kind.UNREACHABLE);
      assertThat(failure.reason()).contains("timed out");
      for (Wire wire : queue) {
        wire.close();
      }
    }
  }

  @Test
  void eachWaitHasItsDeadline() throws Exception {
    assertThat(
            timeout(
                new CfengineTransport.Deadlines(LONG, SHORT, LONG, LONG, LONG, LONG),
                Wire::awaitClose))
        .contains("TLS: handshake timed out after 1000ms");
    var answer = new CfengineTransport.Deadlines(LONG, LONG, SHORT, LONG, LONG, LONG);
    assertThat(timeout(answer, Wire::awaitClose))
        .contains("said nothing for 1.0 s, waiting for its greeting");
    assertThat(
            timeout(
                answer,
                wire -> {
                  wire.send("CFE_v2 cf-serverd\n");
                  wire.awaitClose();
                }))
        .contains("said nothing for 1.0 s, waiting for its welcome");
    assertThat(
            timeout(
                answer,
                wire -> {
                  CfengineDialogue.welcome(wire);
                  wire.awaitClose();
                }))
        .contains("said nothing for 1.0 s, waiting for its answer to EXEC");
    assertThat(
            timeout(
                new CfengineTransport.Deadlines(LONG, LONG, LONG, SHORT, LONG, LONG),
                running(Wire::awaitClose)))
        .contains("said nothing for 1.0 s, waiting for the end of the run");
    assertThat(
            timeout(
                new CfengineTransport.Deadlines(LONG, LONG, LONG, LONG, LONG, SHORT),
                running(Wire::awaitClose)))
        .contains("the run is not over after 1.0 s");
  }

  /**
   * It waits longer than a handshake may take, behind nodes of its own run: by then it might be
   * about to give the connection up, so it gets a new one.
   */
  @Test
  void aNodeWaitsForItsTurnAsLongAsItTakesAndThoseThatSayNothingLoseTheirs() throws Exception {
    Duration handshake = Duration.ofSeconds(1);
    var deadlines = new CfengineTransport.Deadlines(LONG, handshake, LONG, LONG, LONG, LONG);
    List<NodeEntry> silent = Collections.nCopies(12, node("silent", NODE));
    RunRequest request = request();
    AtomicInteger connections = new AtomicInteger();
    ScriptedServer.Script script =
        wire -> {
          if (connections.incrementAndGet() == 1) {
            assertThatExceptionOfType(SSLException.class).isThrownBy(wire::peerKey);
          } else {
            running(CfengineDialogue::end).play(wire);
          }
        };
    try (ScriptedServer server = ScriptedServer.tls(NODE, script);
        ScriptedServer silence = ScriptedServer.plain(Wire::awaitClose)) {
      CfengineTransport transport =
          transport(deadlines, 1, node -> port(node.id().equals(ID) ? server : silence));
      Flux<RunEvent> timeouts =
          Flux.fromIterable(silent)
              .flatMap(node -> transport.run(List.of(node), request, Mono.never()));
      Mono<List<RunEvent>> all = timeouts.collectList().cache();
      all.subscribe();
      Eventually.await("silence", () -> silence.connections() == 12, silence::connections);

      assertThat(collect(transport.run(List.of(node(NODE)), request, Mono.never())))
          .endsWith(new RunEvent.Finished(ID, new ExitStatus.Killed()));
      assertThat(server.connections()).isEqualTo(2);
      assertThat(all.block(LONG)).hasSize(12).allMatch(RunEvent::isTerminal);
    }
  }

  @Test
  void aNodeThatDoesNotAcceptTakesNoTurn() throws Exception {
    try (ServerSocket full = new ServerSocket(0, 1);
        Wire first = Wire.connectPlain(full.getLocalPort());
        Wire second = Wire.connectPlain(full.getLocalPort());
        ScriptedServer server = ScriptedServer.tls(NODE, running(CfengineDialogue::end))) {
      assertThat(List.of(first, second)).isNotEmpty();
      CfengineTransport transport =
          transport(
              PATIENT,
              1,
              node -> node.id().equals(ID) ? port(server) : localhost(full.getLocalPort()));
      RunRequest request = request();
      Disposable waiting =
          transport.run(List.of(node("full", NODE)), request, Mono.never()).subscribe();

      assertThat(collect(transport.run(List.of(node(NODE)), request, Mono.never())))
          .endsWith(new RunEvent.Finished(ID, new ExitStatus.Killed()));
      waiting.dispose();
    }
  }

  @Test
  void whatWasPrintedBeforeADeadlineIsTold() throws Exception {
    var deadlines = new CfengineTransport.Deadlines(LONG, LONG, LONG, SHORT, LONG, LONG);
    ScriptedServer.Script script =
        running(
            wire -> {
              wire.sendFrame('t', "> prompt:");
              wire.awaitClose();
            });
    try (ScriptedServer server = ScriptedServer.tls(NODE, script)) {
      assertThat(
              collect(
                  transport(deadlines, server.port())
                      .run(List.of(node(NODE)), request(), Mono.never())))
          .hasSize(3)
          .contains(output("prompt:"));
    }
  }

  @Test
  void moreConditionsThanTheProtocolHasRoomForAreTold() throws Exception {
    List<Condition> many = Collections.nCopies(4, new Condition("c".repeat(1024)));
    RunRequest request = new RunRequest(RunId.random(), RunTarget.node(ID), many, false, true);
    try (ScriptedServer server = ScriptedServer.tls(NODE, Wire::awaitClose)) {
      RunFailure failure =
          failure(
              transport(PATIENT, server.port()).run(List.of(node(NODE)), request, Mono.never()));

      assertThat(failure.kind()).isEqualTo(Kind.PROTOCOL);
      assertThat(failure.reason()).contains("the conditions need 4106 bytes");
    }
  }

  private static String timeout(CfengineTransport.Deadlines deadlines, ScriptedServer.Script script)
      throws IOException {
    boolean isTls = deadlines.handshake().equals(LONG);
    try (ScriptedServer server =
        isTls ? ScriptedServer.tls(NODE, script) : ScriptedServer.plain(script)) {
      RunFailure failure =
          failure(
              transport(deadlines, server.port())
                  .run(List.of(node(NODE)), request(), Mono.never()));
      assertThat(failure.kind()).isEqualTo(Kind.TIMEOUT);
      return failure.reason();
    }
  }

  private static ScriptedServer.Script running(ScriptedServer.Script rest) {
    return wire -> {
      CfengineDialogue.welcome(wire);
      CfengineDialogue.hearRequest(wire);
      wire.sendFrame('t', START);
      rest.play(wire);
    };
  }

  private static List<RunEvent> events(ScriptedServer.Script script) throws IOException {
    try (ScriptedServer server = ScriptedServer.tls(NODE, script)) {
      return collect(
          transport(PATIENT, server.port()).run(List.of(node(NODE)), request(), Mono.never()));
    }
  }

  private static RunFailure failure(ScriptedServer.Script script) throws IOException {
    return ((RunEvent.Failed) events(script).getLast()).failure();
  }

  private static RunFailure failure(Flux<RunEvent> events) {
    return ((RunEvent.Failed) collect(events).getLast()).failure();
  }

  private static List<RunEvent> collect(Flux<RunEvent> events) {
    return events.collectList().blockOptional(Eventually.DEADLINE).orElseThrow();
  }

  private static CfengineTransport transport(CfengineTransport.Deadlines deadlines, int port) {
    return transport(deadlines, localhost(port));
  }

  private static CfengineTransport transport(
      CfengineTransport.Deadlines deadlines, InetSocketAddress address) {
    return transport(deadlines, 2, node -> address);
  }

  private static CfengineTransport transport(
      CfengineTransport.Deadlines deadlines,
      int handshakes,
      Function<NodeEntry, InetSocketAddress> address) {
    return new CfengineTransport(
        new CfengineTransport.Settings("relay root", "root", MOST_BYTES, handshakes, deadlines),
        RELAY,
        address,
        TestNodeKeys.listed());
  }

  private static InetSocketAddress port(ScriptedServer server) {
    return localhost(server.port());
  }

  private static InetSocketAddress localhost(int port) {
    return InetSocketAddress.createUnresolved("localhost", port);
  }

  private static NodeEntry node(HostKey key) {
    return node(ID.value(), key);
  }

  private static NodeEntry node(String id, HostKey key) {
    KeyHash hash = KeyHash.of(key.publicKey());
    return new NodeEntry(new NodeId(id), "localhost", Optional.of(hash), NodeId.ROOT);
  }

  private static RunRequest request() {
    return new RunRequest(RunId.random(), RunTarget.node(ID), CLASSES, false, true);
  }

  private static RunEvent output(String text) {
    return new RunEvent.Output(ID, OutputBytes.ofUtf8(text));
  }
}
