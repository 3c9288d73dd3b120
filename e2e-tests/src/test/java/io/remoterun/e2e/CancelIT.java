package io.remoterun.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.remoterun.protocol.keys.KeyHash;
import io.remoterun.protocol.keys.NodeCertificates;
import io.remoterun.protocol.keys.StoredKeys;
import io.remoterun.protocol.nodelist.NodeEntry;
import io.remoterun.protocol.run.NodeId;
import io.remoterun.protocol.run.RunEvent;
import io.remoterun.protocol.run.RunFailure;
import io.remoterun.protocol.run.RunFailure.Kind;
import io.remoterun.protocol.run.RunId;
import io.remoterun.protocol.run.RunRequest;
import io.remoterun.protocol.run.RunTarget;
import io.remoterun.relay.transport.CfengineTransport;
import io.remoterun.relay.transport.NodeKeys;
import io.remoterun.testing.Eventually;
import io.remoterun.testkit.CfengineHost;
import io.remoterun.testkit.NeedsProgram;
import io.remoterun.testkit.RealCfServerd;
import io.remoterun.testkit.TestHost;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Sinks;

/** A run that is cancelled: what becomes of the agent's processes, and what the relay says. */
@NeedsProgram("cf-serverd")
class CancelIT {
  private static final NodeId ID = new NodeId("n1");
  private static final Duration LONG = Duration.ofSeconds(20);

  @TempDir private Path folder = Path.of("");
  private TestHost relay;
  private CfengineHost host;

  @BeforeEach
  void makesHosts() throws IOException {
    relay = TestHost.make(folder, "relay");
    host = CfengineHost.on(TestHost.make(folder, "node"));
  }

  /** The agent, and a child that it waits for. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      value = {"true|15 (TERM)", "trap '' TERM|9 (KILL)"})
  void ourNodeEndsTheAgentWhetherItWantsToOrNot(String begin, String signal) throws IOException {
    Path agent =
        host.script("agent", begin + "\nsh -c 'echo $$; while :; do :; done' & echo $$; wait\n");
    RunId run = RunId.random();
    try (OurNode node = OurNode.start(host.keys(), agent, relay)) {
      List<Long> processes = new ArrayList<>();

      assertThat(cancelled(run, node.port(), processes))
          .isEqualTo(
              new RunFailure(
                  Kind.STOPPED, "node n1", "the agent was stopped: killed by signal " + signal));
      assertThat(processes).hasSize(2);
      Eventually.await(
          "the agent and its child have ended",
          () -> processes.stream().noneMatch(CancelIT::isRunning),
          () -> processes.stream().filter(CancelIT::isRunning).toList());
      node.log().await("user root asks to cancel run " + run);
      node.log().await("run " + run + " of process ", "the agent was stopped");
    }
  }

  @Test
  void ofAnAgentOfCfServerdNobodyKnows() throws IOException {
    Path agent = host.script("agent", "sh -c 'echo $$; exec sleep 60' & echo $$; wait\n");
    try (RealCfServerd node = RealCfServerd.start(host, agent, relay, ".*")) {
      List<Long> processes = new ArrayList<>();

      assertThat(cancelled(RunId.random(), node.port(), processes).kind())
          .isEqualTo(Kind.UNCONFIRMED);
      assertThat(processes).hasSize(2);
      processes.forEach(process -> ProcessHandle.of(process).ifPresent(ProcessHandle::destroy));
    }
  }

  /** Cancelled once the agent has told its two processes. */
  private RunFailure cancelled(RunId run, int port, List<Long> processes) {
    Sinks.Empty<Void> cancel = Sinks.empty();
    NodeEntry node =
        new NodeEntry(
            ID, "n1", Optional.of(KeyHash.of(host.keys().key().publicKey())), NodeId.ROOT);
    RunEvent last =
        transport(port)
            .run(
                List.of(node),
                new RunRequest(run, RunTarget.node(ID), List.of(), false, true),
                cancel.asMono())
            .doOnNext(
                event -> {
                  if (event instanceof RunEvent.Output output) {
                    processes.add(Long.parseLong(output.bytes().toUtf8().strip()));
                    if (processes.size() == 2) {
                      cancel.tryEmitEmpty();
                    }
                  }
                })
            .last()
            .blockOptional(Eventually.DEADLINE)
            .orElseThrow();
    assertThat(last).isInstanceOf(RunEvent.Failed.class);
    return ((RunEvent.Failed) last).failure();
  }

  private CfengineTransport transport(int port) {
    return new CfengineTransport(
        new CfengineTransport.Settings(
            "relay root",
            CfengineHost.USER,
            65536,
            10,
            new CfengineTransport.Deadlines(LONG, LONG, LONG, LONG, LONG, LONG)),
        relay.key(),
        node -> new InetSocketAddress(InetAddress.getLoopbackAddress(), port),
        new NodeKeys(
            NodeCertificates::none,
            new StoredKeys(folder.resolve("stored")),
            false,
            LoggerFactory.getLogger(CancelIT.class)));
  }

  /** One that has ended may be there until init notices, but without a program. */
  private static boolean isRunning(long process) {
    return ProcessHandle.of(process).flatMap(it -> it.info().command()).isPresent();
  }
}
