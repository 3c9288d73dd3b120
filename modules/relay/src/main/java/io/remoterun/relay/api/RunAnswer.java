package io.remoterun.relay.api;

import io.remoterun.protocol.http.Heartbeats;
import io.remoterun.protocol.http.PlainOutput;
import io.remoterun.protocol.http.RunForm;
import io.remoterun.protocol.http.RunStatus;
import io.remoterun.protocol.log.RunEventStream;
import io.remoterun.protocol.run.NodeId;
import io.remoterun.protocol.run.RunEvent;
import io.remoterun.protocol.run.RunRequest;
import io.remoterun.relay.api.Runs.Run;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import org.springframework.core.io.buffer.DataBufferFactory;
import org.springframework.http.MediaType;
import org.springframework.http.ReactiveHttpOutputMessage;
import org.springframework.web.reactive.function.server.ServerRequest;
import org.springframework.web.reactive.function.server.ServerResponse;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * Answers with a run: events for our own hops, who ask for them, plain bytes for everybody else.
 *
 * <p>The status of plain bytes from one node tells whether its agent could be run. Of several nodes
 * it is 200, and what failed is a line in the body. So it is where no output is wanted: then the
 * body is empty unless something failed.
 */
public final class RunAnswer {
  static final MediaType PLAIN = new MediaType("text", "plain", StandardCharsets.UTF_8);
  private static final MediaType EVENTS = MediaType.parseMediaType(RunEventStream.MEDIA_TYPE);

  private final NodeId self;
  private final Duration heartbeat;

  /**
   * @param self this relay's id
   * @param heartbeat the longest silence towards a hop that reads events
   */
  public RunAnswer(NodeId self, Duration heartbeat) {
    this.self = self;
    this.heartbeat = heartbeat;
  }

  Mono<ServerResponse> of(ServerRequest http, RunRequest request, Run run, boolean oneNode) {
    if (request.asynchronous() && !request.keepOutput() && (run.canBegin() || !oneNode)) {
      return head(request, 200).build();
    }
    if (wantsEvents(http)) {
      return body(request, 200, EVENTS, events(run));
    }
    Flux<byte[]> output = PlainOutput.of(run.log().events());
    return status(request, run, oneNode).flatMap(status -> body(request, status, PLAIN, output));
  }

  private static boolean wantsEvents(ServerRequest http) {
    List<MediaType> accepted = http.headers().accept();
    return accepted.stream().anyMatch(EVENTS::equalsTypeAndSubtype);
  }

  private Flux<byte[]> events(Run run) {
    NodeId node = run.nodes().isEmpty() ? self : run.nodes().getFirst();
    Flux<RunEvent> events = Heartbeats.between(run.log().events(), node, heartbeat);
    return events.map(RunEventStream::encode);
  }

  private static Mono<Integer> status(RunRequest request, Run run, boolean oneNode) {
    if (!oneNode) {
      return Mono.just(200);
    }
    return request.keepOutput() ? RunStatus.ofStart(run.log()) : RunStatus.ofEnd(run.log());
  }

  private static ServerResponse.BodyBuilder head(RunRequest request, int status) {
    return ServerResponse.status(status).header(RunForm.RUN_ID_HEADER, request.id().toString());
  }

  private static Mono<ServerResponse> body(
      RunRequest request, int status, MediaType type, Flux<byte[]> pieces) {
    return head(request, status)
        .contentType(type)
        .body((message, context) -> write(message, pieces));
  }

  /** Each piece is flushed: the reader shall see it now. */
  private static Mono<Void> write(ReactiveHttpOutputMessage message, Flux<byte[]> pieces) {
    DataBufferFactory buffers = message.bufferFactory();
    return message.writeAndFlushWith(pieces.map(piece -> Mono.just(buffers.wrap(piece))));
  }
}
