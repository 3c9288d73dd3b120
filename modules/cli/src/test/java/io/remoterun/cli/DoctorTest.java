package io.remoterun.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.remoterun.cli.console.Terminal;
import io.remoterun.protocol.keys.HostKey;
import io.remoterun.protocol.keys.KeyHash;
import io.remoterun.testkit.TestKeys;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.SocketTimeoutException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class DoctorTest {
  private static final String NODES =
      """
      {"nodes":[{"id":"n1","hostname":"web.example","policyServerId":"root"},
                {"id":"n2","hostname":"shop.example","policyServerId":"r1"}]}
      """;
  private static final String WELL =
      """
      {"node":"n1","steps":[
       {"hop":"webapp","step":"connect","state":"ok","words":"relay root at 127.0.0.1:3030 accepts connections","ms":1},
       {"hop":"webapp","step":"access","state":"ok","words":"relay root at 127.0.0.1:3030 answers","ms":1},
       {"hop":"relay root","step":"route","state":"ok","words":"node n1 is one of this relay's own","ms":0},
       {"hop":"relay root","step":"connect","state":"ok","words":"web.example:5309 accepts connections","ms":1700},
       {"hop":"node n1","step":"agent","state":"unknown","words":"nobody knows","ms":0}]}
      """;
  private static final String BAD =
      """
      {"node":"n2","steps":[
       {"hop":"webapp","step":"access","state":"ok","words":"relay root at 127.0.0.1:3030 answers","ms":1},
       {"hop":"relay r1","step":"tls","state":"ok","words":"shop.example:5309 speaks TLSv1.3","ms":1},
       {"hop":"relay r1","step":"key","state":"failed","words":"shop.example:5309: another key\\u001b","advice":"check who answers there","ms":1}]}
      """;

  private static AnsweringWebapp well() throws IOException {
    return well(AnsweringWebapp.http());
  }

  private static AnsweringWebapp well(AnsweringWebapp webapp) {
    return webapp
        .says("/health/ready", 200, "{\"status\":\"UP\"}")
        .says(
            "remote-run-account", "{\"name\":\"alice\",\"rights\":[\"run:read\",\"run:trigger\"]}")
        .says("nodes", NODES)
        .says(
            "remote-run-health",
            """
            {"status":"UP","components":{"database":{"status":"UP"},
             "root relay":{"status":"UP","details":"fine"}}}
            """)
        .says("nodes/n1/check", WELL)
        .says("nodes/n2/check", BAD);
  }

  private static Ran doctor(String url, String... words) {
    return doctor(url, Map.of("REMOTE_RUN_TOKEN", AnsweringWebapp.TOKEN), words);
  }

  private static Ran doctor(String url, Map<String, String> environment, String... words) {
    String[] all =
        Stream.concat(Stream.of("doctor", "--url=" + url), Stream.of(words)).toArray(String[]::new);
    return Ran.with("", Terminal.NONE, environment, all);
  }

  @Test
  void aWebappThatIsWellIsToldStepByStep() throws Exception {
    try (AnsweringWebapp webapp = well()) {
      Ran ran = doctor(webapp.url());

      assertThat(ran.exit()).isZero();
      assertThat(ran.out().lines().toList())
          .containsExactly(
              "webapp " + webapp.url(),
              "  this machine",
              "    ok      settings   URL: --url; token: REMOTE_RUN_TOKEN",
              "    ok      resolve    an address",
              "    ok      connect    "
                  + webapp.url().replace("http://", "")
                  + " accepts connections",
              "    ok      webapp     is ready",
              "    ok      token      account alice, may run:read, run:trigger; sees 2 nodes",
              "  the webapp",
              "    ok      database   up",
              "    ok      root relay fine",
              "",
              "It is well.");
    }
  }

  @Test
  void theWayToANodeIsToldHopByHopAndWhatToDoBelowWhatIsWrong() throws Exception {
    try (AnsweringWebapp webapp = well()) {
      Ran ran = doctor(webapp.url(), "web", "n2");

      assertThat(ran.exit()).isEqualTo(1);
      assertThat(ran.out())
          .endsWith(
              """
              web.example (n1)
                webapp to relay root at 127.0.0.1:3030
                  ok      connect    accepts connections
                  ok      access     answers
                relay root to web.example:5309
                  ok      route      node n1 is one of this relay's own
                  ok      connect    accepts connections (1.7 s)
                node n1
                  unknown agent      nobody knows

              shop.example (n2)
                webapp to relay root at 127.0.0.1:3030
                  ok      access     answers
                relay r1 to shop.example:5309
                  ok      tls        speaks TLSv1.3
                  FAILED  key        another key?
                                     -> check who answers there

              1 of 2 not well:
                shop.example: key, seen by relay r1
              """);
    }
  }

  @Test
  void whatCannotBeToldIsNoFailure() throws Exception {
    try (AnsweringWebapp webapp = well()) {
      Ran ran = doctor(webapp.url(), "web");

      assertThat(ran.exit()).isZero();
      assertThat(ran.out()).endsWith("\nIt is well.\n");
    }
  }

  @Test
  void aTerminalHasMarksAndColours() throws Exception {
    try (AnsweringWebapp webapp = well()) {
      String out = doctor(webapp.url(), "--color=always", "web", "n2").out();

      assertThat(out)
          .contains("\033[32m✓\033[0m connect    accepts", "\033[33m?\033[0m agent")
          .contains("\033[1;31m✗\033[0m key", "\033[1;31m→ \033[0mcheck who");
      assertThat(doctor(webapp.url(), "--color=always", "-c").out()).doesNotContain("\033", "✓");
    }
  }

  @Test
  void scriptsGetALineForEachWay() throws Exception {
    try (AnsweringWebapp webapp = well()) {
      List<JsonNode> lines =
          doctor(webapp.url(), "--json", "n2", "n1")
              .out()
              .lines()
              .map(line -> JsonMapper.shared().readTree(line))
              .toList();

      assertThat(lines).hasSize(3);
      assertThat(lines.get(0).path("webapp").asString()).isEqualTo(webapp.url());
      assertThat(lines.get(0).path("well").asBoolean()).isTrue();
      assertThat(lines.get(1).path("node").asString()).isEqualTo("n2");
      assertThat(lines.get(1).path("well").asBoolean()).isFalse();
      assertThat(lines.get(1).path("steps").get(2).path("advice").asString())
          .isEqualTo("check who answers there");
      assertThat(lines.get(2).path("steps").get(4).path("state").asString()).isEqualTo("unknown");
    }
  }

  @Test
  void aTokenThatIsMissing() throws Exception {
    assumeThat(Path.of("/var/rudder/run/api-token"))
        .as("the token of a webapp of this machine, which would be used")
        .doesNotExist();
    try (AnsweringWebapp webapp = well()) {
      Ran none = doctor(webapp.url(), Map.of(), "web");

      assertThat(none.exit()).isEqualTo(1);
      assertThat(none.out())
          .contains("token: none", "FAILED  token      there is none", "-> use remote-run login")
          .doesNotContain("web.example");
    }
  }

  @Test
  void aTokenThatIsNotKnown() throws Exception {
    try (AnsweringWebapp webapp = well()) {
      Ran wrong = doctor(webapp.url(), Map.of("REMOTE_RUN_TOKEN", "x"));

      assertThat(wrong.exit()).isEqualTo(1);
      assertThat(wrong.out()).contains("FAILED  token", "does not know the token");
    }
  }

  @Test
  void anAccountThatMayNotSeeTheStatus() throws Exception {
    try (AnsweringWebapp webapp = well()) {
      webapp.says("remote-run-health", 403, "{\"result\":\"error\"}");
      Ran ran = doctor(webapp.url());

      assertThat(ran.exit()).isZero();
      assertThat(ran.out()).contains("unknown parts", "status:read");
    }
  }

  @Test
  void aPartOfTheWebappThatIsDownIsNamedAndNodesAreLookedAtAllTheSame() throws Exception {
    try (AnsweringWebapp webapp = well()) {
      webapp
          .says("/health/ready", 503, "{\"status\":\"DOWN\"}")
          .says(
              "remote-run-health",
              503,
              """
              {"result":"success","data":{"status":"DOWN","components":{
               "root relay":{"status":"DOWN","details":"Connection refused"}}}}
              """);
      Ran ran = doctor(webapp.url(), "web");

      assertThat(ran.exit()).isEqualTo(1);
      assertThat(ran.out())
          .contains("FAILED  webapp     is not ready", "FAILED  root relay Connection refused")
          .contains("web.example (n1)");
    }
  }

  @Test
  void aWebappThatIsNotThere() throws Exception {
    String url;
    try (ServerSocket closed = new ServerSocket(0)) {
      url = "http://127.0.0.1:" + closed.getLocalPort();
    }
    Ran refused = doctor(url);
    Ran nowhere = doctor("https://no-such-host.invalid");
    Ran wrong = doctor("nonsense");

    assertThat(List.of(refused.exit(), nowhere.exit(), wrong.exit())).containsOnly(1);
    assertThat(refused.out()).contains("FAILED  connect    127.0.0.1:", "Connection refused");
    assertThat(refused.out().lines().toList()).last().asString().contains("check that the webapp");
    assertThat(nowhere.out()).contains("FAILED  resolve", "no-such-host.invalid does not resolve");
    assertThat(wrong.out()).contains("FAILED  settings", "is no URL of a webapp");
  }

  @Test
  void aKeyThatIsNotTrustedIsShownAndOneThatIsPinnedIs() throws Exception {
    HostKey key = TestKeys.of("webapp");
    String hash = KeyHash.of(key.publicKey()).toString();
    try (AnsweringWebapp webapp = well(AnsweringWebapp.https(key))) {
      Ran stranger = doctor(webapp.url());
      Ran pinned = doctor(webapp.url(), "--pin=" + hash);
      Ran other = doctor(webapp.url(), "--pin=" + KeyHash.of(TestKeys.of("other").publicKey()));

      assertThat(stranger.exit()).isEqualTo(1);
      assertThat(stranger.out()).contains("FAILED  tls", "It shows key " + hash, "--pin " + hash);
      assertThat(other.exit()).isEqualTo(1);
      assertThat(other.out()).contains("FAILED  tls", "not the pinned one");
      assertThat(pinned.exit()).as(pinned.out()).isZero();
      assertThat(pinned.out()).contains("a pinned key", "ok      tls        TLSv1.3, key " + hash);
    }
  }

  @Test
  void aServiceThatIsNoTlsIsWaitedForOnce() throws Exception {
    try (ServerSocket silent = new ServerSocket(0, 10, InetAddress.ofLiteral("127.0.0.1"))) {
      Ran ran = doctor("https://127.0.0.1:" + silent.getLocalPort());

      assertThat(ran.exit()).isEqualTo(1);
      assertThat(ran.out()).contains("FAILED  tls", "check that the port is that of an https");
      // One connection to see that there are any, and one for TLS.
      silent.accept().close();
      silent.accept().close();
      silent.setSoTimeout(1);
      assertThatThrownBy(silent::accept).isInstanceOf(SocketTimeoutException.class);
    }
  }

  @Test
  void aWordThatMeansNoNodeIsSaid() throws Exception {
    try (AnsweringWebapp webapp = well()) {
      Ran ran = doctor(webapp.url(), "web", "nobody");

      assertThat(ran.exit()).isEqualTo(1);
      assertThat(ran.problems())
          .isEqualTo("remote-run: there is no node 'nobody', see remote-run nodes\n");
    }
  }

  @Test
  void aCheckThatIsRefusedIsThatNodesOwn() throws Exception {
    try (AnsweringWebapp webapp = well()) {
      webapp.says(
          "nodes/n1/check", 403, "{\"result\":\"error\",\"errorDetails\":\"you have no right\"}");
      Ran ran = doctor(webapp.url(), "web", "n2");

      assertThat(ran.out()).contains("FAILED  access     you have no right", "2 of 2 not well");
    }
  }

  @Test
  void manyNodesAreLookedAtAFewAtATimeAndToldInTheirOrder() throws Exception {
    try (AnsweringWebapp webapp = well()) {
      List<String> ids = IntStream.range(0, 40).mapToObj(i -> "m%02d".formatted(i)).toList();
      webapp.says(
          "nodes",
          ids.stream()
              .map(id -> "{\"id\":\"" + id + "\",\"hostname\":\"" + id + ".example\"}")
              .toList()
              .toString()
              .transform(list -> "{\"nodes\":" + list + "}"));
      ids.forEach(id -> webapp.says("nodes/" + id + "/check", WELL));
      Ran ran = doctor(webapp.url(), ids.toArray(String[]::new));

      assertThat(ran.exit()).isZero();
      assertThat(ran.out().lines().filter(line -> line.endsWith(")") && line.startsWith("m")))
          .containsExactlyElementsOf(ids.stream().map(id -> id + ".example (" + id + ")").toList());
      assertThat(ran.out()).endsWith("All 40 are well.\n");
      assertThat(webapp.mostAtOnce()).isLessThanOrEqualTo(8);
    }
  }
}
