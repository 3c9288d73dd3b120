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
import io.remoterun.testkit.Detour;
import io.remoterun.testkit.TestHost;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import reactor.core.Disposable;

/**
 * The sub-relay is killed in a run and started again: what it had told and what is lost is said.
 */
class KilledRelayIT {
  private static final NodeId NODE = new NodeId("node");

  @TempDir Path folder;

  @Test
  void theStreamResumesAndSaysOfEachNodeHowItEnded() throws Exception {
    TestHost rootHost = TestHost.make(folder, "root");
    TestHost siteHost = TestHost.make(folder, "site");
    TestHost nodeHost = TestHost.make(folder, "node");
    Path goOn = folder.resolve("go-on");
    Path agent =
        CfengineHost.on(nodeHost)
            .script(
                "agent.sh",
                "echo before\nwhile [ ! -e " + goOn + " ]; do sleep 0.05; done\necho after\n");
    try (OurNode node = OurNode.start(nodeHost, agent, siteHost);
        Detour wayToSite = Detour.closed()) {
      RelaySettings siteSettings =
          new RelaySettings(siteHost)
              .under(rootHost, 0)
              .with("runs.folder", siteHost.folder().resolve("runs"))
              .own("node", node.port(), nodeHost.hash());
      RelaySettings rootSettings =
          new RelaySettings(rootHost)
              .below(siteHost, wayToSite.address().getPort())
              .node("node", "node.example.org", nodeHost.hash(), "site");
      RunRequest request =
          new RunRequest(RunId.random(), RunTarget.node(NODE), List.of(), false, true);
      List<RunEvent> events = new CopyOnWriteArrayList<>();
      RelayProcess site = RelayProcess.start(siteSettings, 1);
      wayToSite.leadTo(loopback(site.httpsPort()));
      try (OurRelay root = OurRelay.start(rootSettings)) {
        Disposable run = root.events(request, List.of(NODE)).subscribe(events::add);
        RunEvent before = new RunEvent.Output(NODE, OutputBytes.ofUtf8("before\n"));
        Eventually.await("the agent runs", () -> events.contains(before), events::toString);

        site.kill();
        root.log().await("lost the connection to relay site");
        site = RelayProcess.start(siteSettings, 2);
        wayToSite.leadTo(loopback(site.httpsPort()));

        Eventually.await("the run ends", run::isDisposed, events::toString);
        assertThat(events).filteredOn(before::equals).hasSize(1);
        assertThat(events).filteredOn(RunEvent::isTerminal).hasSize(1);
        assertThat(events.getLast())
            .isInstanceOfSatisfying(
                RunEvent.Failed.class,
                failed -> {
                  assertThat(failed.failure().kind()).isEqualTo(Kind.INTERRUPTED);
                  assertThat(failed.failure().hop()).isEqualTo("relay site");
                  assertThat(failed.failure().reason()).contains("ended in the middle of the run");
                });
      } finally {
        Files.createFile(goOn);
        site.close();
      }
    }
  }

  private static InetSocketAddress loopback(int port) {
    return new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), port);
  }
}
