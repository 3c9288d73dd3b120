package io.remoterun.webapp;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.handler.codec.http.QueryStringDecoder;
import io.remoterun.protocol.log.RunEventStream;
import io.remoterun.protocol.run.ExitStatus;
import io.remoterun.protocol.run.NodeId;
import io.remoterun.protocol.run.OutputBytes;
import io.remoterun.protocol.run.RunEvent;
import io.remoterun.testing.Eventually;
import io.remoterun.webapp.accounts.Accounts;
import io.remoterun.webapp.accounts.Grants;
import io.remoterun.webapp.accounts.Right;
import io.remoterun.webapp.accounts.Scope;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.netty.DisposableServer;
import reactor.netty.http.server.HttpServer;
import reactor.netty.http.server.HttpServerRequest;
import reactor.netty.http.server.HttpServerResponse;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Requests about things that are there: who may gets what it asks for, and who may not is refused.
 * And what a caller may not see: it is told the same as of what is not there.
 */
@Timeout(300)
@NullUnmarked
class AllowedRequestsTest {
  private static final Duration SOON = Duration.ofSeconds(20);
  private static final String N1 = "{\"targets\":{\"nodes\":[\"n1\"]}}";

  /** Instead of RUN the run of n1, of NEW a name that nobody has, of OLD one that is there. */
  private record Example(String path, String body, int status) {}

  private static final Map<String, Example> EXAMPLES = new TreeMap<>();

  static {
    add("GET openapi.json", 200);
    add("GET nodes", 200);
    add("POST nodes/applyPolicy", 200);
    add("POST nodes/{nodeId}/applyPolicy", "nodes/n1/applyPolicy", "", 200);
    add("POST nodes/{nodeId}/check", "nodes/n1/check", "", 200);
    add("GET remote-runs", 200);
    add("POST remote-runs", "remote-runs", N1, 202);
    add("GET remote-runs/{id}", "remote-runs/RUN", "", 200);
    add("DELETE remote-runs/{id}", "remote-runs/RUN", "", 200);
    add("POST remote-runs/{id}/retry", "remote-runs/RUN/retry", "", 202);
    add("GET remote-runs/{id}/events", "remote-runs/RUN/events", "", 200);
    add("GET remote-runs/{id}/nodes/{node}/output", "remote-runs/RUN/nodes/n1/output", "", 200);
    add("GET remote-run-groups", 200);
    add("PUT remote-run-groups/{name}", "remote-run-groups/NEW", "{\"nodes\":[]}", 200);
    add("DELETE remote-run-groups/{name}", "remote-run-groups/OLD", "", 200);
    add("GET remote-run-account", 200);
    add("GET remote-run-accounts", 200);
    add("POST remote-run-accounts", "remote-run-accounts", "{\"name\":\"NEW\"}", 201);
    add("GET remote-run-accounts/{name}", "remote-run-accounts/OLD", "", 200);
    add("PUT remote-run-accounts/{name}", "remote-run-accounts/OLD", "{\"disabled\":true}", 200);
    add("DELETE remote-run-accounts/{name}", "remote-run-accounts/OLD", "", 200);
    add("POST remote-run-accounts/{name}/tokens", "remote-run-accounts/OLD/tokens", "", 201);
    add(
        "DELETE remote-run-accounts/{name}/tokens/{id}",
        "remote-run-accounts/OLD/tokens/TOKEN",
        "",
        200);
    // It is told: the relay of this test is not healthy.
    add("GET remote-run-health", 503);
    add("GET remote-run-metrics", 200);
    add("GET remote-run-audit", 200);
    add("GET remote-run-audit/export", 200);
    add("GET remote-run-audit/verify", 200);
  }

  private static void add(String route, int status) {
    add(route, route.split(" ", 2)[1], "", status);
  }

  private static void add(String route, String path, String body, int status) {
    EXAMPLES.put(route, new Example(path, body, status));
  }

  @TempDir static Path folder;
  private static DisposableServer relay;
  private static RunningWebapp webapp;
  private static String run;
  private static String hiddenRun;
  private static int names;
  private static final Map<String, String> CALLERS = new LinkedHashMap<>();
  private static final Map<String, Grants> GRANTS = new LinkedHashMap<>();

  @BeforeAll
  static void start() throws Exception {
    relay =
        HttpServer.create().host("127.0.0.1").port(0).handle(AllowedRequestsTest::run).bindNow();
    int port = ((InetSocketAddress) relay.address()).getPort();
    webapp =
        RunningWebapp.start(folder, URI.create("http://127.0.0.1:" + port + "/rudder/relay-api/1"));
    group("web", "n1");
    group("servers", "root");
    for (Right right : Right.values()) {
      caller(right + " everywhere", new Grants(Map.of(right, new Scope.All())));
      caller(
          right + " of a group",
          new Grants(Map.of(right, new Scope.Groups(new TreeSet<>(List.of("web"))))));
    }
    caller("no right", Grants.none());
    CALLERS.put("system", webapp.token());
    GRANTS.put("system", Grants.everything());
    run = endedRun("n1");
    hiddenRun = endedRun("root");
  }

  /** A relay all of whose agents end with an error, so that there is something to retry. */
  private static Mono<Void> run(HttpServerRequest request, HttpServerResponse response) {
    if (!request.fullPath().endsWith("/remote-run/nodes")) {
      return response.status(404).send().then();
    }
    return request
        .receive()
        .aggregate()
        .asString()
        .map(form -> new QueryStringDecoder(form, false).parameters().get("nodes").getFirst())
        .flatMap(
            nodes ->
                response
                    .header("Content-Type", RunEventStream.MEDIA_TYPE)
                    .sendByteArray(
                        Flux.fromArray(nodes.split(",", -1))
                            .map(NodeId::new)
                            .flatMapIterable(AllowedRequestsTest::events)
                            .map(RunEventStream::encode))
                    .then());
  }

  private static List<RunEvent> events(NodeId node) {
    return List.of(
        new RunEvent.Started(node, "agent"),
        new RunEvent.Output(node, OutputBytes.ofUtf8("error\n")),
        new RunEvent.Finished(node, ExitStatus.code(1)));
  }

  private static void group(String name, String node) throws Exception {
    ok(200, "PUT", "remote-run-groups/" + name, "{\"nodes\":[\"" + node + "\"]}");
  }

  private static void caller(String what, Grants grants) {
    Accounts accounts = webapp.bean(Accounts.class);
    String name = what.replaceAll("[^a-z]", "-");
    Accounts.Made made =
        accounts.make(name, grants, Optional.empty(), Optional.empty(), true).block(SOON);
    CALLERS.put(what, made.token().orElseThrow().secret());
    GRANTS.put(what, grants);
  }

  private static String endedRun(String node) throws Exception {
    String id =
        json(ok(202, "POST", "remote-runs", N1.replace("n1", node))).at("/data/id").asString();
    Eventually.await(
        "the run of " + node + " ends",
        () -> send(webapp.token(), "GET", "remote-runs/" + id, "").body().contains("\"ended\":"),
        () -> id);
    return id;
  }

  @AfterAll
  static void stop() {
    webapp.close();
    relay.disposeNow();
  }

  @Test
  void everyRouteHasAnExample() {
    assertThat(EXAMPLES.keySet()).isEqualTo(AuthorisationMatrixTest.API.keySet());
  }

  @Test
  void whoMayGetsWhatItAsksForAndWhoMayNotIsRefused() throws Exception {
    for (var example : EXAMPLES.entrySet()) {
      String method = example.getKey().split(" ", 2)[0];
      for (var caller : CALLERS.entrySet()) {
        boolean may =
            AuthorisationMatrixTest.API.get(example.getKey()).stream()
                .anyMatch(GRANTS.get(caller.getKey())::maySomewhere);
        String old = thing(example.getKey());
        String token =
            example.getKey().contains("tokens/{id}")
                ? json(ok(201, "POST", "remote-run-accounts/" + old + "/tokens", ""))
                    .at("/data/token")
                    .asString()
                    .substring(0, 8)
                : "";
        HttpResponse<String> answer =
            send(
                caller.getValue(),
                method,
                filled(example.getValue().path(), old, token),
                filled(example.getValue().body(), old, token));
        assertThat(answer.statusCode())
            .as("%s by %s: %s", example.getKey(), caller.getKey(), answer.body())
            .isEqualTo(may ? example.getValue().status() : 403);
        if (!may && !old.isEmpty()) {
          assertUntouched(example.getKey(), old);
        }
      }
    }
  }

  /** A group or an account for this request alone; empty where it needs none. */
  private static String thing(String route) throws Exception {
    String name = "old" + names++;
    if (route.contains("groups/{name}")) {
      ok(200, "PUT", "remote-run-groups/" + name, "{\"nodes\":[\"n1\"]}");
      return name;
    }
    if (route.contains("accounts/{name}")) {
      ok(201, "POST", "remote-run-accounts", "{\"name\":\"" + name + "\",\"token\":false}");
      return name;
    }
    return "";
  }

  private static void assertUntouched(String route, String name) throws Exception {
    if (route.contains("groups")) {
      assertThat(ok(200, "GET", "remote-run-groups", "")).contains("\"name\":\"" + name + "\"");
    } else {
      assertThat(json(ok(200, "GET", "remote-run-accounts/" + name, "")).at("/data/disabled"))
          .hasToString("false");
    }
  }

  private static String filled(String text, String old, String token) {
    return text.replace("RUN", run)
        .replace("NEW", "new" + names++)
        .replace("OLD", old)
        .replace("TOKEN", token);
  }

  /** Each with something that is there and not to be seen, and the same with what is not there. */
  static Stream<String[]> hidden() {
    String missingRun = "00000000-0000-4000-8000-000000000000";
    return Stream.of(
            "POST nodes/NODE/applyPolicy",
            "POST nodes/NODE/check",
            "POST remote-runs {\"targets\":{\"nodes\":[\"NODE\"]}}",
            "POST remote-runs {\"targets\":{\"nodes\":[\"n1\",\"NODE\"]}}",
            "POST remote-runs {\"targets\":{\"query\":\"id=NODE\"}}",
            "POST remote-runs {\"targets\":{\"group\":\"GROUP\"}}",
            "GET remote-runs/HIDDEN",
            "DELETE remote-runs/HIDDEN",
            "POST remote-runs/HIDDEN/retry",
            "GET remote-runs/HIDDEN/events",
            "GET remote-runs/HIDDEN/nodes/NODE/output",
            "GET remote-runs/HIDDEN/nodes/n1/output",
            "GET remote-runs/RUN/nodes/NODE/output",
            "GET remote-runs?node=NODE",
            "GET remote-run-groups")
        .map(
            request ->
                new String[] {
                  request
                      .replace("NODE", "root")
                      .replace("GROUP", "servers")
                      .replace("HIDDEN", hiddenRun)
                      .replace("RUN", run),
                  request
                      .replace("NODE", "r000")
                      .replace("GROUP", "missing")
                      .replace("HIDDEN", missingRun)
                      .replace("RUN", run),
                  missingRun
                });
  }

  @Test
  void whatACallerMayNotSeeIsForItLikeWhatIsNotThere() throws Exception {
    for (Right right : List.of(Right.RUN_READ, Right.RUN_TRIGGER, Right.RUN_CANCEL, Right.ADMIN)) {
      String caller = CALLERS.get(right + " of a group");
      for (String[] requests : hidden().toList()) {
        HttpResponse<String> hidden = send(caller, requests[0]);
        HttpResponse<String> missing = send(caller, requests[1]);
        assertThat(hidden.statusCode())
            .as("%s by %s: %s", requests[0], right, hidden.body())
            .isEqualTo(missing.statusCode());
        assertThat(
                hidden
                    .body()
                    .replace("servers", "missing")
                    .replace("root", "r000")
                    .replace(hiddenRun, requests[2]))
            .as("%s by %s", requests[0], right)
            .isEqualTo(missing.body());
        assertThat(hidden.headers().map().keySet()).isEqualTo(missing.headers().map().keySet());
      }
    }
  }

  private static HttpResponse<String> send(String token, String request) {
    String[] parts = request.split(" ", 3);
    return send(token, parts[0], parts[1], parts.length > 2 ? parts[2] : "");
  }

  private static HttpResponse<String> send(String token, String method, String path, String body) {
    try {
      return webapp.send(
          webapp
              .request("/rudder/api/latest/" + path)
              .header("X-API-Token", token)
              .method(method, BodyPublishers.ofString(body)));
    } catch (java.io.IOException e) {
      throw new AssertionError(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError(e);
    }
  }

  private static String ok(int status, String method, String path, String body) {
    HttpResponse<String> answer = send(webapp.token(), method, path, body);
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(status);
    return answer.body();
  }

  private static JsonNode json(String text) {
    return JsonMapper.shared().readTree(text);
  }
}
