package io.remoterun.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.remoterun.protocol.run.NodeId;
import io.remoterun.protocol.run.OutputBytes;
import io.remoterun.protocol.run.RunEvent;
import io.remoterun.protocol.run.RunFailure.Kind;
import io.remoterun.protocol.run.RunId;
import io.remoterun.protocol.run.RunRequest;
import io.remoterun.protocol.run.RunTarget;
import io.remoterun.testing.Eventually;
import io.remoterun.testkit.CfengineHost;
import io.remoterun.testkit.TestHost;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import reactor.core.Disposable;

/** A relay below the root is asked to end in the middle of a run, as systemd does it. */
@Timeout(120)
class StoppedRelayIT {
  private static final NodeId NODE = new NodeId("node");

  @TempDir Path folder;

  @Test
  void newRunsAreRefusedAndEachNodeOfAnOldOneGetsItsEnd() throws Exception {
    TestHost rootHost = TestHost.make(folder, "root");
    TestHost siteHost = TestHost.make(folder, "site");
    TestHost nodeHost = TestHost.make(folder, "node");
    Path goOn = folder.resolve("go-on");
    Path agent =
        CfengineHost.on(nodeHost)
            .script(
                "agent.sh",
                "echo before\nwhile [ ! -e " + goOn + " ]; do sleep 0.05; done\necho after\n");
    try (OurNode node = OurNode.start(nodeHost, agent, siteHost)) {
      RelaySettings siteSettings =
          new RelaySettings(siteHost)
              .under(rootHost, 0)
              // As long as it takes new runs only to refuse them.
              .with("deadlines.shutdown", "10s")
              .own("node", node.port(), nodeHost.hash());
      List<RunEvent> events = new CopyOnWriteArrayList<>();
      RelayProcess site = RelayProcess.start(siteSettings, 1);
      RelaySettings rootSettings =
          new RelaySettings(rootHost)
              .below(siteHost, site.httpsPort())
              .node("node", "node.example.org", nodeHost.hash(), "site");
      try (OurRelay root = OurRelay.start(rootSettings)) {
        Disposable run = root.events(request(), List.of(NODE)).subscribe(events::add);
        RunEvent before = new RunEvent.Output(NODE, OutputBytes.ofUtf8("before\n"));
        Eventually.await("the agent runs", () -> events.contains(before), events::toString);

        site.terminate();
        Eventually.await("it leaves", () -> site.hasSaid("takes no new runs"), site::log);
        RunEvent refused =
            root.events(request(), List.of(NODE))
                .collectList()
                .blockOptional()
                .orElseThrow()
                .getLast();
        assertThat(refused)
            .isInstanceOfSatisfying(
                RunEvent.Failed.class,
                failed -> {
                  assertThat(failed.failure().kind()).isEqualTo(Kind.OVERLOADED);
                  assertThat(failed.failure().reason()).contains("relay site is being stopped");
                });

        Eventually.await("the run ends", run::isDisposed, events::toString);
        assertThat(events).filteredOn(RunEvent::isTerminal).hasSize(1);
        assertThat(events.getLast())
            .isInstanceOfSatisfying(
                RunEvent.Failed.class,
                failed -> {
                  assertThat(failed.failure().kind()).isEqualTo(Kind.INTERRUPTED);
                  assertThat(failed.failure().hop()).isEqualTo("relay site");
                  assertThat(failed.failure().reason()).isEqualTo("this relay is stopped");
                });
      } finally {
        Files.createFile(goOn);
        site.close();
      }
    }
  }

  private static RunRequest request() {
    return new RunRequest(RunId.random(), RunTarget.node(NODE), List.of(), false, true);
  }
}
