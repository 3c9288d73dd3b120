package io.remoterun.webapp.api;

import io.remoterun.operations.followers.Followers;
import io.remoterun.protocol.http.Heartbeats;
import io.remoterun.protocol.http.RunForm;
import io.remoterun.protocol.log.RunEventStream;
import io.remoterun.protocol.run.NodeId;
import io.remoterun.protocol.run.RunEvent;
import io.remoterun.protocol.run.RunFailure;
import io.remoterun.webapp.runs.RunView;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import org.springframework.core.io.buffer.DataBufferFactory;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.server.reactive.ServerHttpResponse;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * The answer to a trigger: what the agent prints, in the format of the settings, or, for who
 * accepts {@code application/x-ndjson}, the events. As long as nothing was sent a failure is an
 * HTTP status; afterwards it is the last line, and the trailer {@code X-Run-Outcome} where the
 * client's HTTP has trailers.
 *
 * <p>What proxies in front do with an answer that does not come is end it. So it begins after a
 * while even if there is nothing to tell; then events have heartbeats between them, and output has
 * blank lines if it is configured so: nothing else can be put into it.
 */
final class RunAnswer {
  private static final MediaType EVENTS = MediaType.parseMediaType(RunEventStream.MEDIA_TYPE);
  private static final MediaType PLAIN = new MediaType("text", "plain", StandardCharsets.UTF_8);

  private final Followers followers;
  private final ServerHttpResponse response;
  private final NodeId node;
  private final boolean asEvents;
  private final ApiSettings settings;

  /** To be made before the run starts: a header that makes no sense is told by an exception. */
  RunAnswer(ServerWebExchange exchange, NodeId node, ApiSettings settings, Followers followers) {
    this.followers = followers;
    this.response = exchange.getResponse();
    this.node = node;
    this.settings = settings;
    this.asEvents =
        exchange.getRequest().getHeaders().getAccept().stream()
            .anyMatch(EVENTS::equalsTypeAndSubtype);
  }

  /**
   * Follows the log until the run has ended.
   *
   * @param name what the node is called in a table
   */
  Mono<Void> write(RunView run, String name) {
    response.getHeaders().set(RunForm.RUN_ID_HEADER, run.record().id().toString());
    Flux<RunEvent> events = followers.untilEnd(run.log().events(), Mono.just(LastWord.to(node)));
    return followers.counted(
        events
            .filter(this::isTold)
            .next()
            .timeout(settings.headWait(), Mono.just(new RunEvent.Heartbeat(node)))
            .flatMap(
                first ->
                    first instanceof RunEvent.Failed failed
                        ? refuse(failed)
                        : stream(first, events, name)));
  }

  /** Whether the client gets to see anything of the event. */
  private boolean isTold(RunEvent event) {
    return asEvents || !(event instanceof RunEvent.Started);
  }

  private Mono<Void> refuse(RunEvent.Failed failed) {
    return Mono.error(
        failed.failure().kind() == RunFailure.Kind.UNKNOWN_NODE
            ? new UnknownNode(node.value())
            : new NoRun(failed.failure()));
  }

  private Mono<Void> stream(RunEvent first, Flux<RunEvent> events, String name) {
    response.setStatusCode(HttpStatus.OK);
    response.getHeaders().setContentType(asEvents ? EVENTS : PLAIN);
    Outcome outcome = Outcome.announce(response);
    DataBufferFactory buffers = response.bufferFactory();
    return response.writeWith(lines(first, events.doOnNext(outcome::see), name).map(buffers::wrap));
  }

  /** The first of them, however empty, sends the head. */
  private Flux<byte[]> lines(RunEvent first, Flux<RunEvent> events, String name) {
    RunEvent beat = new RunEvent.Heartbeat(node);
    return asEvents
        ? Heartbeats.between(events, beat, settings.heartbeat())
            .startWith(first.equals(beat) ? List.of(beat) : List.of())
            .map(RunEventStream::encode)
        : kept(settings.output().of(events, id -> name, Optional::empty)).startWith(new byte[0]);
  }

  private Flux<byte[]> kept(Flux<byte[]> output) {
    return settings.blankLines().isZero()
        ? output
        : BlankLines.between(output, settings.blankLines());
  }
}
