package io.remoterun.webapp;

import static org.assertj.core.api.Assertions.assertThat;

import io.remoterun.protocol.run.NodeId;
import io.remoterun.webapp.accounts.Accounts;
import io.remoterun.webapp.accounts.Grants;
import io.remoterun.webapp.accounts.Right;
import io.remoterun.webapp.accounts.Scope;
import io.remoterun.webapp.nodes.Group;
import io.remoterun.webapp.nodes.Groups;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.http.HttpMethod;
import org.springframework.web.bind.annotation.RequestMethod;
import org.springframework.web.reactive.HandlerMapping;
import org.springframework.web.reactive.function.server.RequestPredicate;
import org.springframework.web.reactive.function.server.RouterFunction;
import org.springframework.web.reactive.function.server.RouterFunctions;
import org.springframework.web.reactive.function.server.support.RouterFunctionMapping;
import org.springframework.web.reactive.handler.AbstractUrlHandlerMapping;
import org.springframework.web.reactive.result.method.RequestMappingInfo;
import org.springframework.web.reactive.result.method.RequestMappingInfoHandlerMapping;

/**
 * Every route that the running program has, against every kind of caller. A route that is not in
 * the table below fails this test: whoever adds one says here who may use it.
 */
@Timeout(300)
@NullUnmarked
class AuthorisationMatrixTest {
  private static final URI NO_RELAY = URI.create("http://127.0.0.1:1/rudder/relay-api/1");
  private static final Duration SOON = Duration.ofSeconds(20);
  private static final Set<Right> ALL = Set.of(Right.values());

  /** What is in no one's way; what only needs a session; and which rights let somebody in. */
  static final Map<String, Set<Right>> API = new TreeMap<>();

  private static final Set<String> ANYBODY =
      Set.of(
          "GET /login",
          "GET /login/options.json",
          "GET /assets/**",
          "GET /health/live",
          "GET /health/ready");

  private static final Set<String> SIGNED_IN =
      Set.of(
          "GET /",
          "GET /advice.json",
          "GET /account.json",
          "GET /api-docs",
          "GET /api-docs/swagger-ui*");

  static {
    Set<Right> admin = Set.of(Right.ADMIN);
    Set<Right> read = Set.of(Right.RUN_READ, Right.ADMIN);
    Set<Right> trigger = Set.of(Right.RUN_TRIGGER, Right.ADMIN);
    API.put("GET openapi.json", ALL);
    API.put("GET nodes", ALL);
    API.put("POST nodes/applyPolicy", trigger);
    API.put("POST nodes/{nodeId}/applyPolicy", trigger);
    API.put("POST nodes/{nodeId}/check", trigger);
    API.put("GET remote-runs", read);
    API.put("POST remote-runs", trigger);
    API.put("GET remote-runs/{id}", read);
    API.put("DELETE remote-runs/{id}", Set.of(Right.RUN_CANCEL, Right.ADMIN));
    API.put("POST remote-runs/{id}/retry", trigger);
    API.put("GET remote-runs/{id}/events", read);
    API.put("GET remote-runs/{id}/nodes/{node}/output", read);
    API.put("GET remote-run-groups", Set.of(Right.RUN_READ, Right.RUN_TRIGGER, Right.ADMIN));
    API.put("PUT remote-run-groups/{name}", admin);
    API.put("DELETE remote-run-groups/{name}", admin);
    API.put("GET remote-run-account", ALL);
    API.put("GET remote-run-accounts", admin);
    API.put("POST remote-run-accounts", admin);
    API.put("GET remote-run-accounts/{name}", admin);
    API.put("PUT remote-run-accounts/{name}", admin);
    API.put("DELETE remote-run-accounts/{name}", admin);
    API.put("POST remote-run-accounts/{name}/tokens", admin);
    API.put("DELETE remote-run-accounts/{name}/tokens/{id}", admin);
    API.put("GET remote-run-health", Set.of(Right.STATUS_READ, Right.ADMIN));
    API.put("GET remote-run-metrics", Set.of(Right.STATUS_READ, Right.ADMIN));
    API.put("GET remote-run-audit", admin);
    API.put("GET remote-run-audit/export", admin);
    API.put("GET remote-run-audit/verify", admin);
  }

  @TempDir static Path folder;
  private static RunningWebapp webapp;
  private static final Map<String, Caller> CALLERS = new LinkedHashMap<>();

  /** An account with its token. */
  private record Caller(String token, Grants grants) {
    boolean may(Set<Right> rights) {
      return rights.stream().anyMatch(grants::maySomewhere);
    }
  }

  /** A route as it is mapped. */
  private record Route(String method, String pattern) {
    static final List<String> BASES =
        List.of("/rudder/secure/api/", "/rudder/api/{version:latest|[0-9]+}/", "/rudder/api/");

    Optional<String> base() {
      return BASES.stream().filter(pattern::startsWith).findFirst();
    }

    String key() {
      return method + " " + base().map(base -> pattern.substring(base.length())).orElse(pattern);
    }

    boolean isOfPrograms() {
      return pattern.startsWith("/rudder/api/");
    }

    /** An address that it answers, of things that are not there: nothing comes of it. */
    String path() {
      return pattern
          .replace("{version:latest|[0-9]+}", "latest")
          .replace("{nodeId}", "n9")
          .replace("remote-runs/{id}", "remote-runs/00000000-0000-4000-8000-000000000000")
          .replaceAll("\\{[^}]*}", "missing")
          .replace("/assets/**", "/assets/page.css")
          .replace("/api-docs/swagger-ui*", "/api-docs/swagger-ui.css");
    }

    /** The same with this word in every place where there can be any. */
    String path(String word) {
      return pattern.replace("{version:latest|[0-9]+}", "latest").replaceAll("\\{[^}]*}", word);
    }

    HttpRequest.Builder request() {
      return webapp.request(path()).method(method, BodyPublishers.ofString(""));
    }

    @Override
    public String toString() {
      return method + " " + pattern;
    }
  }

  @BeforeAll
  static void start() throws Exception {
    webapp = RunningWebapp.start(folder, NO_RELAY);
    webapp
        .bean(Groups.class)
        .save(new Group("web", new Group.Members.Listed(List.of(new NodeId("n1")))))
        .block(SOON);
    for (Right right : Right.values()) {
      caller(right + " everywhere", new Grants(Map.of(right, new Scope.All())));
      caller(
          right + " of a group",
          new Grants(Map.of(right, new Scope.Groups(new TreeSet<>(List.of("web"))))));
    }
    caller("no right", Grants.none());
    CALLERS.put("system", new Caller(webapp.token(), Grants.everything()));
  }

  private static void caller(String name, Grants grants) {
    CALLERS.put(name, new Caller(account(name, grants, Optional.empty()), grants));
  }

  private static String account(String what, Grants grants, Optional<Instant> expires) {
    String name = what.replaceAll("[^a-z.]", "-");
    Accounts accounts = webapp.bean(Accounts.class);
    Accounts.Made made = accounts.make(name, grants, expires, Optional.empty(), true).block(SOON);
    return made.token().orElseThrow().secret();
  }

  @AfterAll
  static void stop() {
    webapp.close();
  }

  @Test
  void everyRouteHasARule() {
    assertThat(routes()).hasSizeGreaterThan(30);
    assertThat(routes())
        .allSatisfy(
            route ->
                assertThat(
                        API.containsKey(route.key())
                            || ANYBODY.contains(route.key())
                            || SIGNED_IN.contains(route.key()))
                    .as("a rule for %s", route)
                    .isTrue());
  }

  @Test
  void strangersGetNothing() throws Exception {
    String disabled = account("disabled", Grants.everything(), Optional.empty());
    webapp
        .bean(Accounts.class)
        .change(
            "disabled",
            known -> Accounts.with(known, known.grants(), true, known.expires()),
            Optional.empty())
        .block(SOON);
    String expired = account("expired", Grants.everything(), Optional.of(Instant.EPOCH));
    List<String> wrong = List.of("wrong", disabled, expired, webapp.token() + "x", "");
    for (Route route : routes()) {
      if (ANYBODY.contains(route.key())) {
        assertThat(status(route.request())).as("%s", route).isEqualTo(expected(route));
        continue;
      }
      assertNobody(route, route.request());
      for (String token : wrong) {
        assertNobody(route, route.request().header("X-API-Token", token));
      }
      if (!route.isOfPrograms()) {
        assertNobody(route, route.request().header("X-API-Token", webapp.token()));
      }
    }
  }

  /** It is not ready: it has no relay. */
  private static int expected(Route route) {
    return route.pattern().equals("/health/ready") ? 503 : 200;
  }

  private static void assertNobody(Route route, HttpRequest.Builder request) throws Exception {
    int expected =
        route.isOfPrograms() || (route.method().equals("GET") && route.base().isPresent())
            ? 401
            // A page sends to the sign-in page; what changes something needs the CSRF token first.
            : route.method().equals("GET") ? 302 : 403;
    assertThat(status(request)).as("%s", route).isEqualTo(expected);
  }

  @Test
  void programsGetWhatTheirRightsAllow() throws Exception {
    for (Route route : routes()) {
      if (route.isOfPrograms()) {
        for (var caller : CALLERS.entrySet()) {
          int status = status(route.request().header("X-API-Token", caller.getValue().token()));
          assertAllowed(
              route, caller.getKey(), caller.getValue().may(API.get(route.key())), status);
        }
      }
    }
  }

  /** Somebody may call an account, or an id, as a part of a path is called. */
  @Test
  void aNameThatIsAWordOfAnotherPathOpensNothing() throws Exception {
    List<String> words =
        List.of("nodes", "openapi.json", "remote-runs", "remote-run-groups", "latest");
    for (String word : words) {
      account(word, Grants.none(), Optional.empty());
    }
    for (Route route : routes()) {
      if (route.isOfPrograms() && route.key().contains("{")) {
        for (String word : words) {
          for (var caller : CALLERS.entrySet()) {
            boolean may = caller.getValue().may(API.get(route.key()));
            if (!may || route.method().equals("GET")) {
              int status =
                  status(
                      webapp
                          .request(route.path(word))
                          .method(route.method(), BodyPublishers.ofString(""))
                          .header("X-API-Token", caller.getValue().token()));
              assertAllowed(route, caller.getKey() + " with " + word, may, status);
            }
          }
        }
      }
    }
  }

  @Test
  void sessionsGetWhatTheirRightsAllowAndWithoutCsrfTokenChangeNothing() throws Exception {
    for (var caller : CALLERS.entrySet()) {
      try (RunningWebapp.Browser browser = webapp.browser()) {
        browser.signIn(caller.getValue().token());
        for (Route route : routes()) {
          if (route.isOfPrograms()) {
            assertThat(browser.send(route.request()).statusCode()).as("%s", route).isEqualTo(401);
          } else if (route.base().isPresent()) {
            if (!route.method().equals("GET")) {
              assertThat(browser.send(route.request()).statusCode()).as("%s", route).isEqualTo(403);
            }
            HttpRequest.Builder request = route.request().header("X-CSRF-Token", browser.csrf());
            assertAllowed(
                route,
                caller.getKey(),
                caller.getValue().may(API.get(route.key())),
                browser.send(request).statusCode());
          } else {
            assertThat(browser.send(route.request()).statusCode())
                .as("%s", route)
                .isEqualTo(expected(route));
          }
        }
      }
    }
  }

  private static void assertAllowed(Route route, String caller, boolean may, int status) {
    if (may) {
      assertThat(status).as("%s by %s", route, caller).isNotIn(401, 403);
    } else {
      assertThat(status).as("%s by %s", route, caller).isEqualTo(403);
    }
  }

  @Test
  void aNodeThatACallerMayNotSeeIsForItLikeOneThatIsNotThere() throws Exception {
    for (Right right : List.of(Right.RUN_TRIGGER, Right.ADMIN)) {
      Caller caller = CALLERS.get(right + " of a group");
      HttpResponse<String> hidden = trigger(caller, "root");
      HttpResponse<String> missing = trigger(caller, "r000");
      assertThat(hidden.statusCode()).isEqualTo(404);
      assertThat(missing.statusCode()).isEqualTo(404);
      assertThat(hidden.body().replace("root", "r000")).isEqualTo(missing.body());
      assertThat(hidden.headers().map().keySet()).isEqualTo(missing.headers().map().keySet());
      // Its own node it may trigger, as far as the relay, which is not there.
      assertThat(trigger(caller, "n1").statusCode()).isEqualTo(502);
    }
  }

  @Test
  void conditionsNeedTheirOwnRight() throws Exception {
    Caller caller = CALLERS.get(Right.RUN_TRIGGER + " everywhere");
    HttpResponse<String> answer =
        webapp.send(
            webapp
                .request("/rudder/api/latest/nodes/n1/applyPolicy?classes=a")
                .header("X-API-Token", caller.token())
                .POST(BodyPublishers.noBody()));
    assertThat(answer.statusCode()).isEqualTo(403);
    assertThat(answer.body()).contains("you have no right to trigger node n1 with conditions");
  }

  private static HttpResponse<String> trigger(Caller caller, String node) throws Exception {
    return webapp.send(
        webapp
            .request("/rudder/api/latest/nodes/" + node + "/applyPolicy")
            .header("X-API-Token", caller.token())
            .POST(BodyPublishers.noBody()));
  }

  private static int status(HttpRequest.Builder request) throws Exception {
    return webapp.send(request).statusCode();
  }

  /** Of every kind of mapping that there is; one of another kind fails. */
  private static List<Route> routes() {
    List<Route> routes = new ArrayList<>();
    for (HandlerMapping mapping : webapp.beans(HandlerMapping.class)) {
      switch (mapping) {
        case RequestMappingInfoHandlerMapping methods ->
            methods.getHandlerMethods().keySet().forEach(info -> add(info, routes));
        case RouterFunctionMapping functional -> {
          if (functional.getRouterFunction() != null) {
            functional.getRouterFunction().accept(new FunctionalRoutes(routes));
          }
        }
        case AbstractUrlHandlerMapping files ->
            files.getHandlerMap().keySet().stream()
                .map(pattern -> new Route("GET", pattern.getPatternString()))
                // Boot's default, which serves what is in the class path; no rule, so it is not
                // there.
                .filter(
                    route ->
                        !route.pattern().equals("/**") && !route.pattern().startsWith("/webjars/"))
                .forEach(routes::add);
        default -> assertThat(mapping.getClass().getName()).endsWith("NoMapping");
      }
    }
    return routes;
  }

  private static void add(RequestMappingInfo info, List<Route> routes) {
    Set<RequestMethod> methods = info.getMethodsCondition().getMethods();
    for (String pattern :
        info.getPatternsCondition().getPatterns().stream()
            .map(Object::toString)
            .collect(Collectors.toSet())) {
      (methods.isEmpty() ? Stream.of(HttpMethod.GET.name()) : methods.stream().map(Enum::name))
          .map(method -> new Route(method, pattern))
          .forEach(routes::add);
    }
  }

  /** None are known yet: the first one has to be told apart here. */
  private record FunctionalRoutes(List<Route> routes) implements RouterFunctions.Visitor {
    @Override
    public void startNested(RequestPredicate predicate) {}

    @Override
    public void endNested(RequestPredicate predicate) {}

    @Override
    public void route(
        RequestPredicate predicate,
        org.springframework.web.reactive.function.server.HandlerFunction<?> handler) {
      routes.add(new Route("GET", predicate.toString()));
    }

    @Override
    public void resources(
        java.util.function.Function<
                org.springframework.web.reactive.function.server.ServerRequest,
                reactor.core.publisher.Mono<org.springframework.core.io.Resource>>
            lookup) {
      routes.add(new Route("GET", lookup.toString()));
    }

    @Override
    public void attributes(Map<String, Object> attributes) {}

    @Override
    public void unknown(RouterFunction<?> function) {
      routes.add(new Route("GET", function.toString()));
    }
  }
}
