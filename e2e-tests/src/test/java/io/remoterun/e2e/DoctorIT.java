package io.remoterun.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.remoterun.e2e.Launcher.Ended;
import io.remoterun.protocol.keys.KeyHash;
import io.remoterun.testkit.CfengineHost;
import io.remoterun.testkit.TestHost;
import io.remoterun.testkit.TestKeys;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.context.ConfigurableApplicationContext;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The packaged doctor, with a real webapp, relay and nodes, each of which has something else. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class DoctorIT {
  private static final int NOTHING_LISTENS = 1;

  private Path disabled = Path.of("");
  private Path ran = Path.of("");
  private OurNode well;
  private OurNode off;
  private OurNode closed;
  private OurRelay relay;
  private ConfigurableApplicationContext webapp;
  private String token = "";

  @BeforeAll
  void starts(@TempDir Path folder) throws Exception {
    disabled = Files.createFile(folder.resolve("disable-agent"));
    ran = folder.resolve("ran");
    TestHost relayHost = TestHost.make(folder, "relay");
    CfengineHost host = CfengineHost.on(TestHost.make(folder, "well"));
    Path agent = host.script("agent", "touch " + ran + "\n");
    well = OurNode.start(host.keys(), agent, relayHost);
    TestHost offHost = TestHost.make(folder, "off");
    off =
        OurNode.start(offHost, agent, relayHost, "remote-run.node.agent.disable-file=" + disabled);
    TestHost closedHost = TestHost.make(folder, "closed");
    closed =
        OurNode.start(closedHost, agent, relayHost, "remote-run.node.admit-addresses=192.0.2.1");
    relay =
        OurRelay.start(
            relayHost,
            new OurRelay.Node("well", well.port(), host.keys().hash()),
            new OurRelay.Node("off", off.port(), offHost.hash()),
            new OurRelay.Node("closed", closed.port(), closedHost.hash()),
            new OurRelay.Node("dead", NOTHING_LISTENS, host.keys().hash()),
            new OurRelay.Node(
                "strange", well.port(), KeyHash.of(TestKeys.of("before").publicKey())));
    webapp =
        CliFleet.webapp(
            folder,
            relay,
            Stream.of("well", "off", "closed", "dead", "strange")
                .map(
                    id ->
                        "\"%1$s\":{\"hostname\":\"%1$s.example\",\"policy-server\":\"root\"}"
                            .formatted(id))
                .collect(Collectors.joining(",", "{", "}")));
    token = Files.readString(folder.resolve("token")).strip();
    assertThat(Launcher.run("--version").exit()).isZero();
  }

  @AfterAll
  void ends() {
    webapp.close();
    relay.close();
    closed.close();
    off.close();
    well.close();
  }

  private Ended doctor(String... words) throws Exception {
    ProcessBuilder command =
        Launcher.of(
            Launcher.PROGRAM,
            Stream.concat(Stream.of("doctor"), Stream.of(words)).toArray(String[]::new));
    command.environment().put("REMOTE_RUN_TOKEN", token);
    command
        .environment()
        .put(
            "REMOTE_RUN_URL",
            "http://127.0.0.1:" + webapp.getEnvironment().getProperty("local.server.port"));
    command.environment().put("LC_ALL", "C.UTF-8");
    return Launcher.run(command, "");
  }

  @Test
  void allIsWellAndNothingIsRun() throws Exception {
    Ended ended = doctor("well");

    assertThat(ended.exit()).as(ended.out() + ended.problems()).isZero();
    assertThat(ended.out())
        .contains("ok      token        account system, administrator; sees 5 nodes")
        .contains("ok      root relay   up", "well.example (well)", "relay root to 127.0.0.1:")
        .contains("ok      access     lets this relay in")
        .contains("node well\n    ok      agent      can start its agent\n")
        .endsWith("It is well.\n");
    assertThat(ran).doesNotExist();
    well.log().await("user root asks for a check with []: allowed, READY");
  }

  @Test
  void eachNodeFailsAtItsOwnStepWithWhatToDo() throws Exception {
    Ended ended = doctor("dead", "strange", "closed", "off", "well", "--json");

    assertThat(ended.exit()).isEqualTo(1);
    assertThat(last(ended, 1, "dead")).isEqualTo("connect failed: check that the machine is up");
    assertThat(last(ended, 2, "strange")).isEqualTo("key failed: check who answers there");
    assertThat(last(ended, 4, "off")).isEqualTo("agent failed: remove that file on the node");
    assertThat(last(ended, 5, "well")).isEqualTo("agent ok: ");
    assertThat(last(ended, 3, "closed")).contains(" failed: ");
  }

  private static String last(Ended ended, int line, String node) {
    JsonNode way = JsonMapper.shared().readTree(ended.out().lines().toList().get(line));
    assertThat(way.path("node").asString()).isEqualTo(node);
    JsonNode steps = way.path("steps");
    JsonNode last = steps.get(steps.size() - 1);
    String advice = last.path("advice").asString("").split("[,;]", -1)[0];
    return last.path("step").asString() + " " + last.path("state").asString() + ": " + advice;
  }
}
