package io.remoterun.relay.api;

import io.remoterun.protocol.http.RunForm;
import io.remoterun.protocol.http.RunStateJson;
import io.remoterun.protocol.run.BadRequest;
import io.remoterun.protocol.run.Printable;
import io.remoterun.protocol.run.RunId;
import io.remoterun.relay.runs.Run;
import io.remoterun.relay.runs.Runs;
import java.util.OptionalLong;
import org.slf4j.Logger;
import org.springframework.http.MediaType;
import org.springframework.web.reactive.function.server.RouterFunctions;
import org.springframework.web.reactive.function.server.ServerRequest;
import org.springframework.web.reactive.function.server.ServerResponse;
import reactor.core.publisher.Mono;

/** A run that was begun, by its id: how it stands, what happens in it, and its end. */
public final class RunsController {
  private static final String RUN = "/remote-run/runs/{id}";

  private final Runs runs;
  private final RunAnswer answers;
  private final Logger log;

  public RunsController(Runs runs, RunAnswer answers, Logger log) {
    this.runs = runs;
    this.answers = answers;
    this.log = log;
  }

  void addTo(RouterFunctions.Builder api) {
    api.GET(RUN, http -> run(http).flatMap(RunsController::state))
        .GET(RUN + "/events", http -> run(http).flatMap(run -> events(http, run)))
        .DELETE(RUN, http -> run(http).flatMap(run -> cancel(http, run)));
  }

  private Mono<ServerResponse> events(ServerRequest http, Run run) {
    return answers.events(http, run, lastEvent(http).orElse(0) + 1);
  }

  /** Answers when the run has ended: then it is known of each node how. */
  private Mono<ServerResponse> cancel(ServerRequest http, Run run) {
    log.info("run {}: {} cancels it", run.request().id(), Peer.of(http));
    run.cancel();
    return run.end().then(Mono.defer(() -> state(run)));
  }

  private static Mono<ServerResponse> state(Run run) {
    byte[] json =
        RunStateJson.encode(
            run.request().id(), run.isCancelled(), run.began(), run.ended(), run.tally());
    return ServerResponse.ok().contentType(MediaType.APPLICATION_JSON).bodyValue(json);
  }

  private Mono<Run> run(ServerRequest http) {
    return Mono.fromCallable(() -> RunId.parse(http.pathVariable("id")))
        .flatMap(id -> runs.find(id).switchIfEmpty(Mono.error(() -> unknown(id))));
  }

  static Refusal unknown(RunId id) {
    return new Refusal(404, "run " + id + " is not known here: it never began, or ended long ago");
  }

  /** The number of the last event that the caller has. */
  static OptionalLong lastEvent(ServerRequest http) {
    String text = http.headers().firstHeader(RunForm.LAST_EVENT_HEADER);
    if (text == null) {
      return OptionalLong.empty();
    }
    if (!text.matches("[0-9]{1,18}")) {
      throw new BadRequest(
          "invalid "
              + RunForm.LAST_EVENT_HEADER
              + ": "
              + Printable.of(text)
              + ", should be a number");
    }
    return OptionalLong.of(Long.parseLong(text));
  }
}
