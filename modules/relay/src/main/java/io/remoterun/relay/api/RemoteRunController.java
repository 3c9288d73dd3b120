package io.remoterun.relay.api;

import static org.springframework.web.reactive.function.server.RequestPredicates.all;
import static org.springframework.web.reactive.function.server.RequestPredicates.path;

import io.remoterun.operations.followers.Followers;
import io.remoterun.protocol.http.OutputFormat;
import io.remoterun.protocol.http.RunForm;
import io.remoterun.protocol.run.BadRequest;
import io.remoterun.protocol.run.NodeId;
import io.remoterun.protocol.run.Printable;
import io.remoterun.protocol.run.RunId;
import io.remoterun.protocol.run.RunRequest;
import io.remoterun.protocol.run.RunTarget;
import io.remoterun.protocol.run.TraceParent;
import io.remoterun.relay.runs.OtherRequest;
import io.remoterun.relay.runs.Run;
import io.remoterun.relay.runs.Runs;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Function;
import org.slf4j.Logger;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DataBufferUtils;
import org.springframework.http.HttpHeaders;
import org.springframework.http.MediaType;
import org.springframework.web.reactive.function.BodyExtractors;
import org.springframework.web.reactive.function.server.HandlerFunction;
import org.springframework.web.reactive.function.server.RouterFunction;
import org.springframework.web.reactive.function.server.RouterFunctions;
import org.springframework.web.reactive.function.server.ServerRequest;
import org.springframework.web.reactive.function.server.ServerResponse;
import reactor.core.publisher.Mono;

/**
 * The remote-run part of Rudder's relay API, under {@code /rudder/relay-api/1} and, as Rudder's
 * front end shows it to other relays, {@code /rudder/relay-api}.
 */
public final class RemoteRunController {
  private static final String BASE = "/rudder/relay-api";
  private static final int MOST_BYTES_OF_BODY = 1 << 20;

  private final NodeId self;
  private final Runs runs;
  private final RunAnswer answers;
  private final ChecksController checks;
  private final SystemController system;
  private final Followers followers;
  private final boolean enabled;
  private final Logger log;

  /**
   * @param self this relay's id
   * @param system the routes beside those of remote run
   * @param followers says when nothing new is to begin
   * @param enabled if not, there are no routes of remote run
   */
  public RemoteRunController(
      NodeId self,
      Runs runs,
      RunAnswer answers,
      ChecksController checks,
      SystemController system,
      Followers followers,
      boolean enabled,
      Logger log) {
    this.self = self;
    this.runs = runs;
    this.answers = answers;
    this.checks = checks;
    this.system = system;
    this.followers = followers;
    this.enabled = enabled;
    this.log = log;
  }

  /** For a caller whom TLS has already let in. */
  public RouterFunction<ServerResponse> routes() {
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
  public RouterFunction<ServerResponse> routes(BearerToken token) {
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
    new RunsController(runs, answers, log).addTo(api);
    checks.addTo(api);
    api.POST("/remote-run/all", request -> run(request, form -> RunTarget.all(), false))
        .POST("/remote-run/nodes", request -> run(request, RunForm::nodes, false))
        .POST("/remote-run/nodes/{id}", request -> run(request, form -> oneNode(request), true))
        .add(RouterFunctions.route(path("/remote-run/all"), refuse(405, "METHOD NOT ALLOWED")))
        .add(RouterFunctions.route(path("/remote-run/nodes"), refuse(405, "METHOD NOT ALLOWED")))
        .add(
            RouterFunctions.route(
                path("/remote-run/nodes/{id}").or(path("/remote-run/nodes/{id}/check")),
                refuse(405, "METHOD NOT ALLOWED")));
  }

  private static RunTarget oneNode(ServerRequest request) {
    return RunTarget.node(new NodeId(request.pathVariable("id")));
  }

  private Mono<ServerResponse> run(
      ServerRequest http, Function<RunForm, RunTarget> target, boolean oneNode) {
    return form(http)
        .flatMap(
            form -> {
              RunRequest request =
                  form.request(idOf(http), target.apply(form)).within(traceOf(http));
              Optional<OutputFormat> format = form.format();
              logRequest(http, request);
              return run(http, request, oneNode, format);
            });
  }

  private Mono<ServerResponse> run(
      ServerRequest http, RunRequest request, boolean oneNode, Optional<OutputFormat> format) {
    OptionalLong lastEvent = RunsController.lastEvent(http);
    List<NodeId> path = RunPath.of(http, self);
    // Who has events of it wants the rest, and not a second run.
    Mono<Run> run =
        lastEvent.isPresent()
            ? runs.find(request.id())
                .switchIfEmpty(Mono.error(() -> RunsController.unknown(request.id())))
                .then(runs.start(request, path))
            : followers.isLeaving() ? known(request, path) : runs.start(request, path);
    return run.flatMap(found -> answers.of(http, found, lastEvent.orElse(0) + 1, oneNode, format));
  }

  /** Who asks for a run that is there gets it to the last. */
  private Mono<Run> known(RunRequest request, List<NodeId> path) {
    return runs.find(request.id())
        .switchIfEmpty(Mono.error(() -> new Refusal(503, "relay " + self + " is being stopped")))
        .then(runs.start(request, path));
  }

  private static Optional<TraceParent> traceOf(ServerRequest http) {
    return TraceParent.parse(http.headers().firstHeader(TraceParent.HEADER));
  }

  private static RunId idOf(ServerRequest http) {
    return Optional.ofNullable(http.headers().firstHeader(RunForm.RUN_ID_HEADER))
        .map(RunId::parse)
        .orElseGet(RunId::random);
  }

  private static Mono<RunForm> form(ServerRequest http) {
    OptionalLong length = http.headers().contentLength();
    if (length.isEmpty()) {
      return Mono.error(new Refusal(411, "LENGTH REQUIRED"));
    }
    if (length.getAsLong() > MOST_BYTES_OF_BODY) {
      return Mono.error(new Refusal(413, "PAYLOAD TOO LARGE"));
    }
    if (!http.headers()
        .contentType()
        .map(MediaType.APPLICATION_FORM_URLENCODED::isCompatibleWith)
        .orElse(true)) {
      return Mono.error(new Refusal(415, "UNSUPPORTED MEDIA TYPE"));
    }
    return DataBufferUtils.join(http.body(BodyExtractors.toDataBuffers()))
        .map(RemoteRunController::text)
        .defaultIfEmpty("")
        .map(RunForm::parse);
  }

  private static String text(DataBuffer body) {
    try {
      return body.toString(StandardCharsets.UTF_8);
    } finally {
      DataBufferUtils.release(body);
    }
  }

  private void logRequest(ServerRequest http, RunRequest request) {
    log.info(
        "run {}: {} asks for {} with conditions {}, asynchronous={}, keep_output={}",
        request.id(),
        Peer.of(http),
        switch (request.target()) {
          case RunTarget.All() -> "all nodes";
          case RunTarget.Nodes nodes -> Printable.of("nodes " + nodes.ids());
        },
        Printable.of(request.conditions().toString()),
        request.asynchronous(),
        request.keepOutput());
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
