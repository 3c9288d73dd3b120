package io.remoterun.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.remoterun.testing.Eventually;
import io.remoterun.testkit.CfengineHost;
import io.remoterun.testkit.TestHost;
import io.remoterun.testkit.TraceCollector;
import io.remoterun.testkit.TraceCollector.Span;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** One trace from the click to the agent, through the packaged program in three processes. */
@Timeout(120)
class TracesIT {
  private static final String TRACE = "4bf92f3577b34da6a3ce929d0e0e4736";
  private static final String CLICK = "00f067aa0ba902b7";

  @TempDir Path folder;
  private TestHost rootHost;
  private TestHost siteHost;
  private TestHost nodeHost;
  private Path agent;

  @BeforeEach
  void prepare() throws IOException {
    rootHost = TestHost.make(folder, "root");
    siteHost = TestHost.make(folder, "site");
    nodeHost = TestHost.make(folder, "node");
    agent = CfengineHost.on(nodeHost).script("agent.sh", "echo printed\nexit 3\n");
  }

  private RelaySettings site(OurNode node) throws IOException {
    return new RelaySettings(siteHost).under(rootHost, 0).own("node", node.port(), nodeHost.hash());
  }

  private RelaySettings root(RelayProcess site) {
    return new RelaySettings(rootHost)
        .below(siteHost, site.httpsPort())
        .with("https.listen", "127.0.0.1:0")
        .node("node", "node.example.org", nodeHost.hash(), "site");
  }

  private WebappProcess webapp(RelayProcess root, RelaySettings settingsOfRoot, String... others)
      throws IOException {
    Path token = Files.copy(settingsOfRoot.file("token"), folder.resolve("relay-token"));
    Files.setPosixFilePermissions(token, PosixFilePermissions.fromString("rw-------"));
    List<String> settings = new ArrayList<>(List.of(others));
    settings.add("nodes-list-file=" + settingsOfRoot.file("nodeslist.json"));
    settings.add("relay.url=http://127.0.0.1:" + root.httpPort() + "/rudder/relay-api/1");
    settings.add("relay.token-file=" + token);
    return WebappProcess.start(folder.resolve("webapp"), settings).await();
  }

  @Test
  void theStepsOfAllHopsAreOneTrace() throws Exception {
    try (TraceCollector collector = new TraceCollector();
        OurNode node = OurNode.start(nodeHost, agent, siteHost);
        RelayProcess site =
            RelayProcess.start(
                site(node).with("traces.endpoint", collector.endpoint().toString()), 1)) {
      String endpoint = collector.endpoint().toString();
      RelaySettings rootSettings = root(site).with("traces.endpoint", endpoint);
      try (RelayProcess root = RelayProcess.start(rootSettings, 1);
          WebappProcess webapp = webapp(root, rootSettings, "traces.endpoint=" + endpoint)) {
        String answer =
            webapp
                .trigger(
                    "{\"targets\":{\"nodes\":[\"node\"]}}", "00-" + TRACE + "-" + CLICK + "-01")
                .body();
        String run = answer.replaceAll("(?s).*\"id\":\"([0-9a-f-]{36})\".*", "$1");
        webapp.text("remote-runs/" + run + "/events").join();
        Eventually.await(
            "all steps are told",
            () -> collector.spans().size() >= 7,
            () -> collector.spans() + root.log() + site.log() + webapp.log());

        assertThat(collector.spans()).extracting(Span::traceId).containsOnly(TRACE);
        assertThat(collector.spans()).hasSize(7).allMatch(Span::failed);
        Span inWebapp = child(collector, CLICK, "remote-run-webapp", "run");
        // From the request on: what is written down before the run begins is part of it.
        Instant written =
            Instant.parse(
                webapp
                    .get("remote-run-audit?action=trigger")
                    .path("entries")
                    .path(0)
                    .path("when")
                    .asString());
        assertThat(inWebapp.began()).isBefore(written);
        Span toRoot = child(collector, inWebapp.spanId(), "remote-run-webapp", "ask relay root");
        Span atRoot = child(collector, toRoot.spanId(), "remote-run-relay", "run at relay");
        Span toSite = child(collector, atRoot.spanId(), "remote-run-relay", "ask relay site");
        Span atSite = child(collector, toSite.spanId(), "remote-run-relay", "run at relay");
        Span toNode = child(collector, atSite.spanId(), "remote-run-relay", "trigger node node");
        child(collector, toNode.spanId(), "remote-run-relay", "agent of node node");
      }
    }
  }

  private static Span child(TraceCollector all, String parent, String service, String name) {
    List<Span> children =
        all.spans().stream().filter(span -> span.parentId().equals(parent)).toList();
    assertThat(children).as("children of " + parent + " in " + all.spans()).hasSize(1);
    assertThat(children.getFirst().service()).isEqualTo(service);
    assertThat(children.getFirst().name()).isEqualTo(name);
    return children.getFirst();
  }

  @Test
  void whereNothingIsTracedNothingOfItIsLoaded() throws Exception {
    Path ofRelay = folder.resolve("relay-classes.log");
    Path ofWebapp = folder.resolve("webapp-classes.log");
    try (OurNode node = OurNode.start(nodeHost, agent, siteHost);
        RelayProcess site = RelayProcess.start(site(node), 1)) {
      RelaySettings rootSettings = root(site);
      try (RelayProcess root = RelayProcess.start(rootSettings, 1, classesTo(ofRelay));
          WebappProcess webapp = webapp(root, rootSettings, classesTo(ofWebapp))) {
        String run =
            webapp
                .post("remote-runs", "{\"targets\":{\"nodes\":[\"node\"]}}")
                .path("id")
                .asString();
        webapp.text("remote-runs/" + run + "/events").join();
        assertThat(webapp.text("remote-run-metrics").join()).contains("remote_run_webapp_runs");
        Eventually.await(
            "the relays tell of the run",
            () -> site.hasSaid(run) && root.hasSaid(run),
            () -> site.log() + root.log());
      }
    }
    for (Path classes : List.of(ofRelay, ofWebapp)) {
      assertThat(Files.readString(classes))
          .contains("io.remoterun.operations.trace.Tracing ")
          .doesNotContain("io.opentelemetry.");
    }
  }

  private static String classesTo(Path file) {
    return "-Xlog:class+load=info:file=" + file + "::filecount=0";
  }
}
