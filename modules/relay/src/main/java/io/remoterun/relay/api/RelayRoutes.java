package io.remoterun.relay.api;

import static org.springframework.web.reactive.function.server.RequestPredicates.all;
import static org.springframework.web.reactive.function.server.RequestPredicates.path;

import io.remoterun.operations.followers.Followers;
import io.remoterun.protocol.run.BadRequest;
import io.remoterun.protocol.run.Printable;
import io.remoterun.relay.runs.OtherRequest;
import java.util.List;
import org.slf4j.Logger;
import org.springframework.http.HttpHeaders;
import org.springframework.web.reactive.function.server.HandlerFunction;
import org.springframework.web.reactive.function.server.RouterFunction;
import org.springframework.web.reactive.function.server.RouterFunctions;
import org.springframework.web.reactive.function.server.ServerRequest;
import org.springframework.web.reactive.function.server.ServerResponse;
import reactor.core.publisher.Mono;

/**
 * All that a relay answers: Rudder's relay API, under {@code /rudder/relay-api/1} and, as Rudder's
 * front end shows it to other relays, {@code /rudder/relay-api}; health and metrics; and refusals,
 * which are in the log.
 */
public final class RelayRoutes {
  private static final String BASE = "/rudder/relay-api";

  private final RemoteRunController triggers;
  private final RunsController runs;
  private final ChecksController checks;
  private final SystemController system;
  private final boolean enabled;
  private final Logger log;

  /**
   * @param enabled if not, there are no routes of remote run
   */
  public RelayRoutes(
      RemoteRunController triggers,
      RunsController runs,
      ChecksController checks,
      SystemController system,
      boolean enabled,
      Logger log) {
    this.triggers = triggers;
    this.runs = runs;
    this.checks = checks;
    this.system = system;
    this.enabled = enabled;
    this.log = log;
  }

  /** For a caller whom TLS has already let in. */
  public RouterFunction<ServerResponse> open() {
    return health().and(others());
  }

  /** For anybody, who learns from it one word. */
  private RouterFunction<ServerResponse> health() {
    return RouterFunctions.route()
        .GET("/health/live", system::live)
        .GET("/health/ready", system::ready)
        .build();
  }

  private RouterFunction<ServerResponse> others() {
    return RouterFunctions.route()
        .path(BASE + "/1", this::api)
        .path(BASE, this::api)
        .GET("/metrics", system::metrics)
        .add(RouterFunctions.route(all(), refuse(404, "NOT FOUND")))
        .onError(
            BadRequest.class,
            (error, request) -> refused(request, 400, String.valueOf(error.getMessage())))
        .onError(
            OtherRequest.class,
            (error, request) -> refused(request, 409, String.valueOf(error.getMessage())))
        .onError(Refusal.class, (error, request) -> refused(request, error))
        .onError(Throwable.class, this::defect)
        .build();
  }

  /** For a caller who has to show the token. */
  public RouterFunction<ServerResponse> guardedBy(BearerToken token) {
    return health()
        .and(
            others()
                .filter(
                    (request, next) ->
                        token.isShownBy(request.headers().firstHeader(HttpHeaders.AUTHORIZATION))
                            ? next.handle(request)
                            : refused(request, 401, "UNAUTHORIZED")));
  }

  private void api(RouterFunctions.Builder api) {
    system.routes(api);
    if (enabled) {
      remoteRun(api);
    }
  }

  private void remoteRun(RouterFunctions.Builder api) {
    runs.addTo(api);
    checks.addTo(api);
    triggers.addTo(api);
    for (String path : List.of("/all", "/nodes", "/nodes/{id}", "/nodes/{id}/check")) {
      api.add(RouterFunctions.route(path("/remote-run" + path), refuse(405, "METHOD NOT ALLOWED")));
    }
  }

  private HandlerFunction<ServerResponse> refuse(int status, String words) {
    return request -> refused(request, status, words);
  }

  private Mono<ServerResponse> refused(ServerRequest request, Refusal refusal) {
    return refused(request, refusal.status(), refusal.words());
  }

  private Mono<ServerResponse> refused(ServerRequest request, int status, String words) {
    log.warn(
        "refused {}: {} {}: {} {}",
        Peer.of(request),
        request.method(),
        Printable.of(request.path()),
        status,
        words);
    return ServerResponse.status(status)
        .headers(headers -> headersOf(status, headers))
        .contentType(RunAnswer.PLAIN)
        .bodyValue(words);
  }

  private static void headersOf(int status, HttpHeaders headers) {
    if (status == 401) {
      headers.set(HttpHeaders.WWW_AUTHENTICATE, "Bearer");
    } else if (status == 503) {
      headers.set(HttpHeaders.RETRY_AFTER, Followers.RETRY_AFTER);
    } else if (status == 405) {
      headers.set(HttpHeaders.ALLOW, "POST");
    }
  }

  private Mono<ServerResponse> defect(Throwable error, ServerRequest request) {
    log.error("{} {} failed by a defect", request.method(), Printable.of(request.path()), error);
    return ServerResponse.status(500).contentType(RunAnswer.PLAIN).bodyValue("INTERNAL ERROR");
  }
}
