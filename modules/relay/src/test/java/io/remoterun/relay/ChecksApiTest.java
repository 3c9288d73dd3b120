package io.remoterun.relay;

import static org.assertj.core.api.Assertions.assertThat;

import io.remoterun.protocol.check.CheckJson;
import io.remoterun.protocol.check.CheckStep;
import io.remoterun.protocol.keys.HostKey;
import io.remoterun.testkit.ScriptedServer;
import io.remoterun.testkit.TestKeys;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The way to a node, through one relay and through two. */
@Timeout(30)
class ChecksApiTest {
  private static final HostKey ROOT_KEY = TestKeys.of("root");
  private static final HostKey SUB_KEY = TestKeys.of("sub");

  @TempDir private Path folder;
  private final List<TestRelay> relays = new ArrayList<>();
  private final Http http = new Http();

  @AfterEach
  void stop() {
    http.close();
    relays.forEach(TestRelay::close);
  }

  @Test
  void theRelayBelowIsLookedAtAndAsked() throws Exception {
    TestRelay sub = running(sub("root"));
    TestRelay root = running(root(sub.https()));

    assertThat(outline(check(root, "n2")))
        .containsExactly(
            "relay root: route ok",
            "relay root: resolve ok",
            "relay root: connect ok",
            "relay root: tls ok",
            "relay root: key ok",
            "relay root: access ok",
            "relay sub: route ok",
            "node n2: agent unknown");
    assertThat(sub.nodes().triggered()).isEmpty();
    assertThat(root.nodes().triggered()).isEmpty();
  }

  @Test
  void aRelayBelowThatDoesNotAdmitThisOne() throws Exception {
    TestRelay sub = running(sub("nobody"));
    TestRelay root = running(root(sub.https()));
    List<CheckStep> steps = check(root, "n2");

    assertThat(outline(steps)).endsWith("relay root: key ok", "relay root: access failed");
    assertThat(steps.getLast().words()).contains("relay sub at 127.0.0.1:");
    assertThat(steps.getLast().advice()).contains("access policy");
  }

  @Test
  void aRelayBelowWithAnotherKey() throws Exception {
    try (ScriptedServer stranger =
        ScriptedServer.tls(TestKeys.of("stranger"), wire -> wire.awaitClose())) {
      TestRelay root =
          running(root(InetSocketAddress.createUnresolved("127.0.0.1", stranger.port())));

      assertThat(outline(check(root, "n2")))
          .endsWith("relay root: tls ok", "relay root: key failed");
    }
  }

  @Test
  void aRelayBelowThatKnowsNoChecks() throws Exception {
    TestRelay sub = running(sub("root").with("enabled", "false"));
    List<CheckStep> steps = check(running(root(sub.https())), "n2");

    assertThat(outline(steps)).endsWith("relay root: key ok", "relay root: access unknown");
    assertThat(steps.getLast().words()).contains("Rudder's relayd");
  }

  @Test
  void aNodeThatNoListKnows() throws Exception {
    List<CheckStep> steps = check(running(sub("root")), "stranger");

    assertThat(outline(steps)).containsExactly("relay sub: route failed");
    assertThat(steps.getFirst().words()).contains("is not in the node list");
  }

  @Test
  void aCheckThatComesBackIsRefused() throws Exception {
    TestRelay relay = running(sub("root"));
    HttpResponse<String> response =
        http.post(relay.url(), "/remote-run/nodes/n2/check", "", Map.of("X-Run-Path", "root,sub"));

    assertThat(response.statusCode()).isEqualTo(508);
  }

  @Test
  void whatIsNoIdIsRefusedAndSoIsAnotherMethod() throws Exception {
    TestRelay relay = running(sub("root"));

    assertThat(http.post(relay.url(), "/remote-run/nodes/-f/check", "").statusCode())
        .isEqualTo(400);
    assertThat(http.get(URI.create(relay.url() + "/remote-run/nodes/n2/check")).statusCode())
        .isEqualTo(405);
  }

  private List<CheckStep> check(TestRelay relay, String node) throws Exception {
    HttpResponse<String> response =
        http.post(relay.url(), "/remote-run/nodes/" + node + "/check", "");
    assertThat(response.statusCode()).isEqualTo(200);
    assertThat(response.headers().firstValue("Content-Type")).contains("application/json");
    return CheckJson.decode(response.body().getBytes(StandardCharsets.UTF_8));
  }

  private static List<String> outline(List<CheckStep> steps) {
    return steps.stream()
        .map(step -> (step.hop() + ": " + step.step() + " " + step.state()))
        .map(line -> line.toLowerCase(Locale.ROOT))
        .toList();
  }

  private TestRelay.Plan root(InetSocketAddress sub) {
    return TestRelay.plan(folder, "root")
        .node("root", "root")
        .node("sub", "root")
        .node("n2", "sub")
        .knowing("sub", SUB_KEY)
        .reaching("sub", sub);
  }

  private TestRelay.Plan sub(String caller) {
    return TestRelay.plan(folder, "sub")
        .node("sub", "root")
        .node("n2", "sub")
        .knowing("root", caller.equals("root") ? ROOT_KEY : TestKeys.of(caller));
  }

  private TestRelay running(TestRelay.Plan plan) throws IOException {
    TestRelay relay = plan.start();
    relays.add(relay);
    return relay;
  }
}
