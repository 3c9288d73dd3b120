package io.remoterun.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.remoterun.testing.Eventually;
import io.remoterun.testkit.CfengineHost;
import io.remoterun.testkit.TestHost;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The logs of the packaged program as JSON, in two formats: what a run did can be put together. */
@Timeout(120)
class StructuredLogsIT {
  private static final String FORMAT = "--logging.structured.format.console=";

  @TempDir Path folder;

  @Test
  void everyLineOfARunHasItsIdAndItsNodeAndNoLineASecret() throws Exception {
    TestHost rootHost = TestHost.make(folder, "root");
    TestHost nodeHost = TestHost.make(folder, "node");
    Path agent = CfengineHost.on(nodeHost).script("agent.sh", "echo printed\nexit 3\n");
    try (OurNode node = OurNode.start(nodeHost, agent, rootHost)) {
      RelaySettings settings =
          new RelaySettings(rootHost)
              .own("node", node.port(), nodeHost.hash())
              .with("https.listen", "127.0.0.1:0");
      try (RelayProcess relay = RelayProcess.start(settings, 1, FORMAT + "logstash")) {
        Path token = Files.copy(settings.file("token"), folder.resolve("relay-token"));
        Files.setPosixFilePermissions(token, PosixFilePermissions.fromString("rw-------"));
        Path list = Files.copy(settings.file("nodeslist.json"), folder.resolve("nodes.json"));
        Path own = folder.resolve("webapp");
        try (WebappProcess webapp =
            WebappProcess.start(
                own,
                List.of(
                    FORMAT + "ecs",
                    "nodes-list-file=" + list,
                    "relay.url=http://127.0.0.1:" + relay.httpPort() + "/rudder/relay-api/1",
                    "relay.token-file=" + token))) {
          webapp.await();
          String run =
              webapp
                  .post("remote-runs", "{\"targets\":{\"nodes\":[\"node\"]}}")
                  .path("id")
                  .asString();
          webapp.text("remote-runs/" + run + "/events").join();
          webapp.awaitLog("run " + run + " is over");
          Eventually.await("it says so", () -> relay.hasSaid(": node node: "), relay::log);

          assertThat(lines(webapp.log(), run)).hasSizeGreaterThan(2);
          assertThat(lines(relay.log(), run)).hasSizeGreaterThan(1);
          assertThat(
                  Stream.concat(
                      lines(webapp.log(), run).stream(), lines(relay.log(), run).stream()))
              .allSatisfy(line -> assertThat(line.path("run_id").asString()).isEqualTo(run))
              .filteredOn(line -> line.path("message").asString().contains("exit"))
              .isNotEmpty()
              .allSatisfy(line -> assertThat(line.path("node_id").asString()).isEqualTo("node"));
          assertThat(webapp.log() + relay.log())
              .doesNotContain(Files.readString(token).strip())
              .doesNotContain(Files.readString(own.resolve("token")).strip());
        }
      }
    }
  }

  /** Those that name the run; every line that is complete has to be JSON. */
  private static List<JsonNode> lines(String log, String run) {
    return log.substring(0, log.lastIndexOf('\n') + 1)
        .lines()
        .map(line -> JsonMapper.shared().readTree(line))
        .filter(line -> line.path("message").asString().contains(run))
        .toList();
  }
}
