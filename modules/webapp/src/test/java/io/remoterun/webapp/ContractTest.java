package io.remoterun.webapp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.remoterun.protocol.run.ExitStatus;
import io.remoterun.protocol.run.NodeId;
import io.remoterun.protocol.run.OutputBytes;
import io.remoterun.protocol.run.RunEvent;
import io.remoterun.protocol.run.RunFailure;
import io.remoterun.testkit.ScriptedRelay;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.URLDecoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * The examples in {@code contract.json}, against this webapp; or, where the system property {@code
 * contract.url} names another server's base, such as {@code https://server/rudder}, against that,
 * with {@code contract.token} and the node {@code contract.node}: see {@code docs/api.md}. There,
 * what needs a node with the agent for Windows ({@code contract.windows}) or the cookies of a
 * session ({@code contract.cookie}) is left out unless it is given.
 */
@Timeout(120)
class ContractTest {
  private static final Optional<String> OTHER =
      Optional.ofNullable(System.getProperty("contract.url"));

  @TempDir static Path folder;

  /**
   * @param windows a node whose agent cannot be triggered; empty where there is none
   * @param session the headers of who has signed in; none where nobody has
   */
  private record Server(
      HttpClient http,
      String url,
      String token,
      String node,
      String windows,
      Map<String, String> session) {}

  @TestFactory
  Stream<DynamicTest> whatClientsOfRudderRelyOn() throws Exception {
    HttpClient http = HttpClient.newHttpClient();
    if (OTHER.isPresent()) {
      Server other =
          new Server(
              http,
              OTHER.get(),
              System.getProperty("contract.token", ""),
              System.getProperty("contract.node", "root"),
              System.getProperty("contract.windows", ""),
              Optional.ofNullable(System.getProperty("contract.cookie"))
                  .map(cookie -> Map.of("Cookie", cookie))
                  .orElse(Map.of()));
      return examples(other).map(example -> test(example, () -> answer(example, other)));
    }
    ScriptedRelay relay = new ScriptedRelay();
    Path properties = Files.writeString(folder.resolve("properties.json"), "{}");
    RunningWebapp webapp =
        RunningWebapp.start(
            folder,
            relay.url(),
            "compatibility.status-500=true",
            "node-properties-file=" + properties);
    Server ours =
        new Server(http, webapp.url() + "/rudder", webapp.token(), "n1", "root", signedIn(webapp));
    return examples(ours)
        .map(example -> test(example, () -> answerOfOurs(example, ours, relay)))
        .onClose(
            () -> {
              webapp.close();
              relay.close();
              http.close();
            });
  }

  private static Map<String, String> signedIn(RunningWebapp webapp) throws Exception {
    try (RunningWebapp.Browser browser = webapp.browser()) {
      browser.signIn(webapp.token());
      String cookies =
          browser.cookies().entrySet().stream()
              .map(cookie -> cookie.getKey() + "=" + cookie.getValue())
              .collect(Collectors.joining("; "));
      return Map.of("Cookie", cookies, "X-CSRF-Token", browser.csrf());
    }
  }

  private interface Answering {
    HttpResponse<String> answer() throws Exception;
  }

  private static Stream<JsonNode> examples(Server server) throws IOException {
    try (InputStream file = ContractTest.class.getResourceAsStream("contract.json")) {
      return JsonMapper.shared()
          .readTree(
              new String(Objects.requireNonNull(file).readAllBytes(), StandardCharsets.UTF_8)
                  .replace("WINDOWS", server.windows()))
          .path("examples")
          .valueStream();
    }
  }

  private static DynamicTest test(JsonNode example, Answering answering) {
    return DynamicTest.dynamicTest(
        example.path("name").asString(), () -> check(example, answering.answer()));
  }

  private static HttpResponse<String> answer(JsonNode example, Server server) throws Exception {
    assumeTrue(!needsWindows(example) || !server.windows().isEmpty(), "no node with Windows");
    assumeTrue(!needsSession(example) || !server.session().isEmpty(), "no session");
    return send(example, server).get();
  }

  /** The agents print OK and end well, each at once; other nodes are not known. */
  private static HttpResponse<String> answerOfOurs(
      JsonNode example, Server server, ScriptedRelay relay) throws Exception {
    Path properties = folder.resolve("properties.json");
    if (needsWindows(example)) {
      Files.writeString(
          properties,
          "{\""
              + server.windows()
              + "\":{\"managementTechnology\":[{\"name\":\"Rudder Windows\"}]}}");
      HttpResponse<String> answer = send(example, server).get();
      assertThat(relay.wasAsked()).isFalse();
      Files.writeString(properties, "{}");
      return answer;
    }
    CompletableFuture<HttpResponse<String>> answer = send(example, server);
    int status = example.path("answer").path("status").asInt(400);
    if (status == 200 || status == 500) {
      ScriptedRelay.Asked asked = relay.asked();
      String form = URLDecoder.decode(asked.form(), StandardCharsets.UTF_8);
      example
          .path("conditions")
          .asStringOpt()
          .ifPresent(conditions -> assertThat(form).contains("classes=" + conditions));
      for (String id : form.substring(form.indexOf("nodes=") + "nodes=".length()).split(",", -1)) {
        say(asked, new NodeId(id));
      }
      asked.end();
    }
    HttpResponse<String> answered = answer.get();
    assertThat(relay.wasAsked()).isFalse();
    return answered;
  }

  private static boolean needsWindows(JsonNode example) {
    return example.path("request").path("windows").asBoolean(false);
  }

  private static boolean needsSession(JsonNode example) {
    return example.path("request").path("session").asBoolean(false);
  }

  private static void say(ScriptedRelay.Asked asked, NodeId node) {
    if (node.value().equals("no-such-node")) {
      asked.says(
          new RunEvent.Failed(
              node, new RunFailure(RunFailure.Kind.UNKNOWN_NODE, "relay root", "unknown")));
      return;
    }
    asked
        .says(new RunEvent.Started(node, "agent"))
        .says(new RunEvent.Output(node, OutputBytes.ofUtf8("OK\n")))
        .says(new RunEvent.Finished(node, ExitStatus.code(0)));
  }

  private static CompletableFuture<HttpResponse<String>> send(JsonNode example, Server server) {
    JsonNode asked = example.path("request");
    String path = asked.path("path").asString().replace("NODE", server.node());
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create(server.url() + path))
            .timeout(Duration.ofSeconds(100))
            .method(
                asked.path("method").asString(),
                BodyPublishers.ofString(asked.path("body").asString("")));
    asked
        .path("headers")
        .properties()
        .forEach(header -> request.header(header.getKey(), header.getValue().asString()));
    if (needsSession(example)) {
      server.session().forEach(request::header);
    } else if (!asked.path("anonymous").asBoolean(false)) {
      request.header("X-API-Token", server.token());
    }
    return server.http().sendAsync(request.build(), BodyHandlers.ofString());
  }

  private static void check(JsonNode example, HttpResponse<String> answer) {
    JsonNode expected = example.path("answer");
    String body = answer.body();
    expected
        .path("status")
        .asIntOpt()
        .ifPresent(status -> assertThat(answer.statusCode()).as(body).isEqualTo(status));
    expected
        .path("type")
        .asStringOpt()
        .ifPresent(
            type ->
                assertThat(answer.headers().firstValue("Content-Type").orElse(""))
                    .startsWith(type));
    expected.path("body").asStringOpt().ifPresent(any -> assertThat(body).isNotEmpty());
    expected.path("starts").asStringOpt().ifPresent(start -> assertThat(body).startsWith(start));
    if (expected.has("json")) {
      assertThat(isLike(expected.path("json"), JsonMapper.shared().readTree(body)))
          .as(body)
          .isTrue();
    }
  }

  private static boolean isLike(JsonNode expected, JsonNode given) {
    if (expected.isObject()) {
      return expected.properties().stream()
          .allMatch(field -> isLike(field.getValue(), given.path(field.getKey())));
    }
    if (expected.isArray()) {
      return given.isArray()
          && !given.isEmpty()
          && given.valueStream().allMatch(one -> isLike(expected.path(0), one));
    }
    return expected.asString().equals("*") ? !given.isMissingNode() : expected.equals(given);
  }
}
