package io.remoterun.relay.api;

import static org.springframework.web.reactive.function.server.RequestPredicates.path;

import io.remoterun.operations.followers.Followers;
import io.remoterun.protocol.http.OutputFormat;
import io.remoterun.protocol.http.RunForm;
import io.remoterun.protocol.run.NodeId;
import io.remoterun.protocol.run.Printable;
import io.remoterun.protocol.run.RunId;
import io.remoterun.protocol.run.RunRequest;
import io.remoterun.protocol.run.RunTarget;
import io.remoterun.protocol.run.TraceParent;
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
import org.springframework.http.MediaType;
import org.springframework.web.reactive.function.BodyExtractors;
import org.springframework.web.reactive.function.server.RouterFunctions;
import org.springframework.web.reactive.function.server.ServerRequest;
import org.springframework.web.reactive.function.server.ServerResponse;
import reactor.core.publisher.Mono;

/**
 * Triggers agents as Rudder's relay API does: those of the nodes in the form, of one, or of all
 * that are behind this relay. A run that is there by this id is not begun again: the caller gets
 * into it.
 */
public final class RemoteRunController {
  private static final int MOST_BYTES_OF_BODY = 1 << 20;

  private final NodeId self;
  private final Runs runs;
  private final RunAnswer answers;
  private final Followers followers;
  private final Logger log;

  /**
   * @param self this relay's id
   * @param followers says when nothing new is to begin
   */
  public RemoteRunController(
      NodeId self, Runs runs, RunAnswer answers, Followers followers, Logger log) {
    this.self = self;
    this.runs = runs;
    this.answers = answers;
    this.followers = followers;
    this.log = log;
  }

  void addTo(RouterFunctions.Builder api) {
    api.POST("/remote-run/all", request -> run(request, form -> RunTarget.all(), false))
        .POST("/remote-run/nodes", request -> run(request, RunForm::nodes, false))
        .POST("/remote-run/nodes/{id}", request -> run(request, form -> oneNode(request), true));
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
    RunAnswer.Wanted wanted =
        new RunAnswer.Wanted(request.asynchronous(), lastEvent.orElse(0) + 1, oneNode, format);
    return run.flatMap(found -> answers.of(http, found, wanted));
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
}
