package io.remoterun.webapp;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import io.remoterun.protocol.run.OutputBytes;
import io.remoterun.webapp.ApiDocument.Operation;
import io.remoterun.webapp.GeneratedRequests.Asked;
import io.remoterun.webapp.GeneratedRequests.Verdict;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.JsonNode;

/**
 * Every operation of the OpenAPI document that the program serves, with requests that are made from
 * its schemas, right ones and wrong ones. Other ones with {@code -Dgenerated.seed=N}, more with
 * {@code -Dgenerated.requests=N} of each operation.
 */
@Timeout(3600)
@NullUnmarked
class GeneratedRequestsTest {
  private static final long SEED = Long.getLong("generated.seed", 20261124L);
  private static final int OF_EACH = Integer.getInteger("generated.requests", 30);
  private static final int MOST_OF_EACH = OF_EACH * 10;
  private static final Duration HANGS = Duration.ofSeconds(20);
  private static final Set<Integer> OF_A_RUN = Set.of(500, 501, 502, 503, 504);

  @TempDir Path folder;

  private final Random random = new Random(SEED);
  private final Set<String> runs = new LinkedHashSet<>();
  private final Set<String> groups = new LinkedHashSet<>(List.of("web"));
  private final Set<String> accounts = new LinkedHashSet<>(List.of("alice"));
  private final Set<String> tokens = new LinkedHashSet<>();
  private final Map<String, Integer> statuses = new TreeMap<>();
  private final Map<String, String> wrong = new TreeMap<>();
  private RunningWebapp webapp;
  private ApiDocument document;
  private String limited;

  /** The address of a database; empty for the file. */
  String store() throws Exception {
    return "";
  }

  /** Who asks. */
  private enum Caller {
    ADMIN,
    LIMITED,
    NOBODY,
    WRONG
  }

  @Test
  void everyOperationAnswersAsItIsDocumentedWhateverItIsSent() throws Exception {
    Path known =
        Files.writeString(folder.resolve("known.json"), "{\"n1\":{\"os\":{\"name\":\"debian\"}}}");
    try (RandomAgents agents = new RandomAgents(SEED);
        RunningWebapp running =
            RunningWebapp.start(
                folder,
                agents.url(),
                "node-properties-file=" + known,
                "api.start-wait=100ms",
                "api.cancel-wait=200ms",
                "api.heartbeat=50ms",
                "security.triggers-per-minute=1000000",
                "security.failures-per-minute=1000000",
                "store.url=" + store())) {
      webapp = running;
      Errors errors = Errors.listen();
      try {
        askEverything();
      } finally {
        errors.stop();
        System.out.println("seed " + SEED + ", answers " + statuses);
      }
      assertThat(errors.told).as("errors in the log").isEmpty();
    }
  }

  private void askEverything() throws Exception {
    document = new ApiDocument(webapp.send(webapp.api("openapi.json")).body());
    limited = prepare();
    GeneratedRequests requests = new GeneratedRequests(document, random, this::names);
    List<Operation> operations = document.operations();
    // A few need luck: the id of a token and the account that it is of.
    for (int i = 0; i < OF_EACH || (i < MOST_OF_EACH && !haveAllWorked(operations)); i++) {
      for (Operation operation : operations) {
        Asked asked = requests.next(operation);
        try {
          ask(asked, caller());
        } catch (AssertionError e) {
          wrong.putIfAbsent(operation + " " + asked.verdict(), "" + e.getMessage());
        }
        if (random.nextInt(20) == 0) {
          askOtherwise(operation);
        }
      }
    }
    assertThat(wrong.values()).as("the first of each kind").isEmpty();
    for (Operation operation : operations) {
      assertThat(statuses)
          .as("an answer to %s that is no error", operation)
          .containsAnyOf(
              Map.entry(operation.id() + " 200", statuses.getOrDefault(operation.id() + " 200", 0)),
              Map.entry(operation.id() + " 201", statuses.getOrDefault(operation.id() + " 201", 0)),
              Map.entry(
                  operation.id() + " 202", statuses.getOrDefault(operation.id() + " 202", 0)));
    }
  }

  private boolean haveAllWorked(List<Operation> operations) {
    return operations.stream()
        .allMatch(
            operation ->
                statuses.keySet().stream()
                    .anyMatch(status -> status.matches(operation.id() + " 20[012]")));
  }

  private Caller caller() {
    int number = random.nextInt(20);
    return number < 14
        ? Caller.ADMIN
        : number < 17 ? Caller.LIMITED : number < 19 ? Caller.NOBODY : Caller.WRONG;
  }

  private String prepare() throws Exception {
    put("remote-run-groups/web", "{\"nodes\":[\"n1\"]}");
    post("remote-run-accounts", "{\"name\":\"alice\"}");
    JsonNode account =
        post(
            "remote-run-accounts",
            "{\"name\":\"limited\",\"rights\":{\"run:read\":[\"web\"],\"run:trigger\":[\"web\"]}}");
    return account.path("data").path("token").asString();
  }

  private JsonNode post(String path, String json) throws Exception {
    return GeneratedRequests.parse(
        webapp.send(webapp.api(path).POST(BodyPublishers.ofString(json))).body());
  }

  private void put(String path, String json) throws Exception {
    webapp.send(webapp.api(path).PUT(BodyPublishers.ofString(json)));
  }

  private List<String> names(Operation operation, String parameter) {
    return switch (parameter) {
      case "nodeId", "node" -> List.of("n1", "root");
      case "name" ->
          List.copyOf(operation.path().startsWith("/remote-run-groups") ? groups : accounts);
      case "id" -> List.copyOf(operation.path().startsWith("/remote-runs") ? runs : tokens);
      default -> List.of();
    };
  }

  private void ask(Asked asked, Caller caller) throws Exception {
    HttpResponse<String> answer = send(asked.operation().method(), asked, caller);
    int status = answer.statusCode();
    statuses.merge(asked.operation().id() + " " + status, 1, Integer::sum);
    String told =
        "seed %d: %s by %s was answered %d %s"
            .formatted(SEED, asked, caller, status, shortened(answer.body()));
    JsonNode response = asked.operation().responses().get(status);
    assertThat(response).as("%s: a status that is not documented", told).isNotNull();
    assertThat(answer.body()).as(told).doesNotContain("internal error", "Exception");
    assertThat(status < 500 || isOfARun(asked.operation(), status)).as(told).isTrue();
    checkBody(answer, response, told);
    switch (caller) {
      case NOBODY, WRONG -> assertThat(status).as(told).isIn(400, 401);
      case LIMITED -> {}
      case ADMIN -> checkVerdict(asked, status, told);
    }
    note(asked.operation(), answer);
  }

  /** The agent of one node could not be run, as the relay says. */
  private static boolean isOfARun(Operation operation, int status) {
    return operation.id().equals("applyPolicy") && OF_A_RUN.contains(status);
  }

  private static void checkVerdict(Asked asked, int status, String told) {
    // Two of its parameters belong together, which a schema cannot say.
    boolean isUnclear = asked.operation().id().equals("verifyAudit");
    if (asked.verdict() == Verdict.RIGHT && !isUnclear) {
      assertThat(status).as(told).isNotIn(400, 401, 405, 406, 413, 415, 429);
    }
    if (asked.verdict() == Verdict.WRONG) {
      assertThat(status).as(told).isBetween(400, 499);
    }
  }

  private void checkBody(HttpResponse<String> answer, JsonNode response, String told) {
    String type = answer.headers().firstValue("Content-Type").orElse("").split(";", 2)[0];
    JsonNode content = response.path("content").path(type);
    assertThat(content.isMissingNode()).as("%s: of type %s", told, type).isFalse();
    switch (type) {
      case "application/json" -> checkJson(content.path("schema"), answer.body(), told);
      case "application/x-ndjson" ->
          answer.body().lines().forEach(line -> checkJson(content.path("schema"), line, told));
      default -> {}
    }
  }

  private void checkJson(JsonNode schema, String json, String told) {
    assertThat(document.errors(schema, GeneratedRequests.parse(json)))
        .as("%s: %s", told, shortened(json))
        .isEmpty();
  }

  private static String shortened(String text) {
    return text.length() > 1000 ? text.substring(0, 1000) + ".." : text;
  }

  /** By a method that the path has not. */
  private void askOtherwise(Operation operation) throws Exception {
    List<String> methods = List.of("GET", "PUT", "POST", "DELETE", "PATCH", "OPTIONS", "PROPFIND");
    String method = methods.get(random.nextInt(methods.size()));
    boolean isThere =
        document.operations().stream()
            .anyMatch(
                other -> other.path().equals(operation.path()) && other.method().equals(method));
    if (isThere || operation.path().matches("/nodes/applyPolicy|.*-audit/[a-z]+")) {
      return;
    }
    Asked asked =
        new Asked(
            operation,
            operation.path().replaceAll("\\{.*?}", "n1"),
            List.of(),
            null,
            Verdict.WRONG);
    HttpResponse<String> answer = send(method, asked, Caller.ADMIN);
    String told = method + " " + asked.path() + " " + answer.statusCode() + " " + answer.body();
    assertThat(answer.statusCode()).as(told).isIn(400, 404, 405);
    assertThat(GeneratedRequests.parse(answer.body()).path("result").asString())
        .as(told)
        .isEqualTo("error");
  }

  private HttpResponse<String> send(String method, Asked asked, Caller caller) throws Exception {
    HttpRequest.Builder request = webapp.request("/rudder/api/latest" + asked.path());
    asked.headers().forEach(header -> request.header(header.getKey(), header.getValue()));
    switch (caller) {
      case ADMIN -> request.header("X-API-Token", webapp.token());
      case LIMITED -> request.header("X-API-Token", limited);
      case WRONG -> request.header("X-API-Token", "wrong");
      case NOBODY -> {}
    }
    OutputBytes body = asked.body();
    request.method(
        method,
        body == null ? BodyPublishers.noBody() : BodyPublishers.ofByteArray(body.toByteArray()));
    return webapp.send(request.timeout(HANGS));
  }

  /** What there is now, for the requests to come. */
  private void note(Operation operation, HttpResponse<String> answer) {
    answer.headers().firstValue("X-Run-Id").ifPresent(id -> keep(runs, id));
    if (answer.statusCode() / 100 != 2) {
      return;
    }
    switch (operation.id()) {
      case "saveRemoteRunGroup" -> keep(groups, data(answer).path("name").asString());
      case "createAccount" -> {
        keep(accounts, data(answer).path("name").asString());
        data(answer).path("tokens").forEach(token -> keep(tokens, token.path("id").asString()));
      }
      case "createToken" -> keep(tokens, data(answer).path("id").asString());
      default -> {}
    }
  }

  private static JsonNode data(HttpResponse<String> answer) {
    return GeneratedRequests.parse(answer.body()).path("data");
  }

  private static void keep(Set<String> some, String name) {
    some.add(name);
    if (some.size() > 20) {
      some.remove(new ArrayList<>(some).get(5));
    }
  }

  /** What the program's log calls an error. */
  private static final class Errors extends AppenderBase<ILoggingEvent> {
    private final ConcurrentLinkedQueue<String> told = new ConcurrentLinkedQueue<>();

    static Errors listen() {
      Errors errors = new Errors();
      errors.start();
      root().addAppender(errors);
      // Some thousand refusals are of no interest.
      own().setLevel(Level.ERROR);
      return errors;
    }

    private static Logger own() {
      return (Logger) LoggerFactory.getLogger("remote-run.webapp");
    }

    private static Logger root() {
      return (Logger) LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
    }

    @Override
    protected void append(ILoggingEvent event) {
      if (event.getLevel().isGreaterOrEqual(Level.ERROR)) {
        told.add(event.getLoggerName() + " " + event.getFormattedMessage());
      }
    }

    @Override
    public void stop() {
      own().setLevel(null);
      root().detachAppender(this);
      super.stop();
    }
  }
}
