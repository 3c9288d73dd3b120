package io.remoterun.relay.api;

import io.remoterun.operations.followers.Followers;
import io.remoterun.protocol.http.Heartbeats;
import io.remoterun.protocol.http.OutputFormat;
import io.remoterun.protocol.http.RunForm;
import io.remoterun.protocol.http.RunStateJson;
import io.remoterun.protocol.http.RunStatus;
import io.remoterun.protocol.log.RunEventStream;
import io.remoterun.protocol.log.RunLog;
import io.remoterun.protocol.run.Counts;
import io.remoterun.protocol.run.NodeId;
import io.remoterun.protocol.run.RunEvent;
import io.remoterun.relay.runs.Run;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.springframework.core.io.buffer.DataBufferFactory;
import org.springframework.http.MediaType;
import org.springframework.http.ReactiveHttpOutputMessage;
import org.springframework.http.server.reactive.ServerHttpResponseDecorator;
import org.springframework.web.reactive.function.server.ServerRequest;
import org.springframework.web.reactive.function.server.ServerResponse;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.netty.http.server.HttpServerResponse;

/**
 * Answers with a run: numbered events for who asks for them, as our own hops do, plain bytes for
 * everybody else.
 *
 * <p>The status of plain bytes from one node tells whether its agent could be run. Of several nodes
 * it is 200, what failed is a line in the body, and the last line counts. So it is where no output
 * is wanted: then the body is empty unless something failed. The counts are in a trailer as well.
 */
public final class RunAnswer {
  static final MediaType PLAIN = new MediaType("text", "plain", StandardCharsets.UTF_8);
  private static final MediaType LINES = MediaType.parseMediaType(RunEventStream.MEDIA_TYPE);
  private static final String OUTCOME_TRAILER = "X-Run-Outcome";

  private final NodeId self;
  private final Duration heartbeat;
  private final OutputFormat format;
  private final Function<NodeId, String> names;
  private final Followers followers;

  /**
   * @param self this relay's id
   * @param heartbeat the longest silence towards a hop that reads events
   * @param format of plain bytes, for who does not say how he wants them
   * @param names what nodes are called in it
   * @param followers counts who reads
   */
  public RunAnswer(
      NodeId self,
      Duration heartbeat,
      OutputFormat format,
      Function<NodeId, String> names,
      Followers followers) {
    this.self = self;
    this.heartbeat = heartbeat;
    this.format = format;
    this.names = names;
    this.followers = followers;
  }

  /**
   * How a caller wants to be answered; whoever began the run may have wanted it otherwise.
   *
   * @param from the number of the first event that the caller does not have
   * @param oneNode whether the path names the one node that it is about
   * @param asked the format that the caller wants
   */
  record Wanted(boolean asynchronous, long from, boolean oneNode, Optional<OutputFormat> asked) {}

  /** What a trigger is answered with. */
  Mono<ServerResponse> of(ServerRequest http, Run run, Wanted wanted) {
    boolean nobodyWaits = wanted.asynchronous() && !run.request().keepOutput();
    if (nobodyWaits && (run.canBegin() || !wanted.oneNode())) {
      return head(run, 200).build();
    }
    if (accepts(http, LINES) || accepts(http, MediaType.TEXT_EVENT_STREAM)) {
      return events(http, run, wanted.from());
    }
    Flux<RunEvent> events = run.log().read(wanted.from()).map(RunLog.Entry::event);
    // Where no output is wanted there is nothing to make a table of.
    OutputFormat format =
        run.request().keepOutput() ? wanted.asked().orElse(this.format) : OutputFormat.RAW;
    Flux<byte[]> output = format.of(events, names, () -> summary(run));
    return status(run, wanted.oneNode()).flatMap(status -> body(http, run, status, PLAIN, output));
  }

  /** What happened from that event on, and what will. */
  Mono<ServerResponse> events(ServerRequest http, Run run, long from) {
    Flux<RunLog.Entry> entries = run.log().read(from);
    if (accepts(http, MediaType.TEXT_EVENT_STREAM)) {
      Flux<byte[]> events =
          entries.map(ServerSentEvents::of).concatWith(Mono.fromSupplier(() -> sentSummary(run)));
      Flux<byte[]> alive = Heartbeats.between(events, ServerSentEvents.HEARTBEAT, heartbeat);
      return body(http, run, 200, MediaType.TEXT_EVENT_STREAM, alive);
    }
    Flux<byte[]> lines =
        entries
            .map(RunEventStream::encode)
            .concatWith(Mono.fromSupplier(() -> RunStateJson.summary(counts(run))));
    NodeId node = run.nodes().isEmpty() ? self : run.nodes().getFirst();
    byte[] beat = RunEventStream.encode(new RunEvent.Heartbeat(node));
    // At once: only a hop that has heard that its run is known here can ask for it again.
    Flux<byte[]> alive = Heartbeats.between(lines, beat, heartbeat).startWith(beat);
    return body(http, run, 200, LINES, alive);
  }

  private static boolean accepts(ServerRequest http, MediaType type) {
    List<MediaType> accepted = http.headers().accept();
    return accepted.stream().anyMatch(type::equalsTypeAndSubtype);
  }

  private static Counts counts(Run run) {
    return run.tally().counts();
  }

  private static byte[] sentSummary(Run run) {
    return ServerSentEvents.of("summary", RunStateJson.summary(counts(run)));
  }

  /** One node says itself how its run went; and of many that ran well there is nothing to say. */
  private static Optional<String> summary(Run run) {
    Counts counts = counts(run);
    return run.nodes().size() == 1 || counts.areAllWell()
        ? Optional.empty()
        : Optional.of("summary: " + counts);
  }

  private static Mono<Integer> status(Run run, boolean oneNode) {
    if (!oneNode) {
      return Mono.just(200);
    }
    return run.request().keepOutput() ? RunStatus.ofStart(run.log()) : RunStatus.ofEnd(run.log());
  }

  private static ServerResponse.BodyBuilder head(Run run, int status) {
    return ServerResponse.status(status)
        .header(RunForm.RUN_ID_HEADER, run.request().id().toString());
  }

  private Mono<ServerResponse> body(
      ServerRequest http, Run run, int status, MediaType type, Flux<byte[]> pieces) {
    HttpServerResponse netty =
        ServerHttpResponseDecorator.getNativeResponse(http.exchange().getResponse());
    netty.trailerHeaders(trailers -> trailers.set(OUTCOME_TRAILER, counts(run).toFields()));
    return head(run, status)
        .header("Trailer", OUTCOME_TRAILER)
        .contentType(type)
        .body((message, context) -> followers.counted(write(message, pieces)));
  }

  /** Whenever no more is there the pieces are flushed, all together: the reader sees them now. */
  private static Mono<Void> write(ReactiveHttpOutputMessage message, Flux<byte[]> pieces) {
    DataBufferFactory buffers = message.bufferFactory();
    return message.writeWith(pieces.map(buffers::wrap));
  }
}
