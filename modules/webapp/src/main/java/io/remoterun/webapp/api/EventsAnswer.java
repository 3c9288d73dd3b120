package io.remoterun.webapp.api;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.remoterun.operations.followers.Followers;
import io.remoterun.protocol.http.Heartbeats;
import io.remoterun.protocol.log.RunEventStream;
import io.remoterun.protocol.log.RunLog;
import io.remoterun.protocol.run.Counts;
import io.remoterun.protocol.run.NodeId;
import io.remoterun.protocol.run.RunEvent;
import java.time.Duration;
import java.util.List;
import org.springframework.core.io.buffer.DataBufferFactory;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.server.reactive.ServerHttpResponse;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import tools.jackson.databind.node.ObjectNode;

/**
 * The events of a run, from the one after the last that the caller has, until the run has ended;
 * then a summary. As lines of JSON, or for a browser as server-sent events. Heartbeats keep proxies
 * awake, the first one at once, so that the caller knows that it is heard.
 */
final class EventsAnswer {
  private static final MediaType LINES = MediaType.parseMediaType(RunEventStream.MEDIA_TYPE);

  private final Followers followers;
  private final ServerWebExchange exchange;
  private final boolean isForBrowser;
  private final long last;
  private final Duration heartbeat;

  /** A header that makes no sense is told by an exception. */
  EventsAnswer(ServerWebExchange exchange, Duration heartbeat, Followers followers) {
    this.followers = followers;
    this.exchange = exchange;
    this.isForBrowser = isForBrowser(exchange.getRequest().getHeaders().getAccept());
    this.last = OneHeader.lastEventId(exchange);
    this.heartbeat = heartbeat;
  }

  private static boolean isForBrowser(List<MediaType> accepted) {
    if (accepted.isEmpty() || accepted.stream().anyMatch(LINES::equalsTypeAndSubtype)) {
      return false;
    }
    if (accepted.stream().anyMatch(MediaType.TEXT_EVENT_STREAM::equalsTypeAndSubtype)) {
      return true;
    }
    if (accepted.stream().anyMatch(LINES::isCompatibleWith)) {
      return false;
    }
    throw NotDone.notAcceptable("events come as application/x-ndjson or text/event-stream");
  }

  /**
   * @param nodes that the caller sees; not empty
   * @param counts of these, asked for after the last event
   */
  Mono<Void> write(RunLog log, List<NodeId> nodes, Mono<Counts> counts, Sight sight) {
    ServerHttpResponse response = exchange.getResponse();
    response.setStatusCode(HttpStatus.OK);
    response.getHeaders().setContentType(isForBrowser ? MediaType.TEXT_EVENT_STREAM : LINES);
    // Or nginx keeps lines back until it has many of them.
    response.getHeaders().set("X-Accel-Buffering", "no");
    Flux<byte[]> events =
        log.read(last + 1).filter(entry -> sight.reads(entry.event().node())).map(this::frame);
    byte[] beat = heartbeat(nodes.getFirst());
    DataBufferFactory buffers = response.bufferFactory();
    Flux<byte[]> answer =
        Heartbeats.between(events, beat, heartbeat)
            .startWith(beat)
            .concatWith(counts.map(this::summary));
    Flux<byte[]> told = followers.untilEnd(answer, Mono.fromSupplier(this::lastWord));
    return followers.counted(response.writeWith(told.map(buffers::wrap)));
  }

  private byte[] frame(RunLog.Entry entry) {
    byte[] line = RunEventStream.encode(entry);
    return isForBrowser ? browserFrame(entry.sequence(), name(entry.event()), line) : line;
  }

  private static byte[] browserFrame(long id, String name, byte[] line) {
    String head = (id == 0 ? "" : "id: " + id + "\n") + "event: " + name + "\ndata: ";
    return (head + new String(line, UTF_8) + "\n").getBytes(UTF_8);
  }

  private static String name(RunEvent event) {
    return switch (event) {
      case RunEvent.Started _ -> "started";
      case RunEvent.Output _ -> "output";
      case RunEvent.Heartbeat _ -> "heartbeat";
      case RunEvent.Gap _ -> "gap";
      case RunEvent.Finished _ -> "finished";
      case RunEvent.Failed _ -> "failed";
    };
  }

  private byte[] heartbeat(NodeId node) {
    return isForBrowser
        ? ": heartbeat\n\n".getBytes(UTF_8)
        : RunEventStream.encode(new RunEvent.Heartbeat(node));
  }

  private byte[] summary(Counts counts) {
    ObjectNode json = Json.MAPPER.createObjectNode().put("event", "summary");
    return end("summary", json.setAll(RunJson.counts(counts)));
  }

  /** No summary: the caller has to ask again, from its last event. */
  private byte[] lastWord() {
    ObjectNode json = Json.MAPPER.createObjectNode().put("event", "stopped");
    return end("stopped", json.put("reason", LastWord.WORDS));
  }

  private byte[] end(String name, ObjectNode json) {
    byte[] line = (json + "\n").getBytes(UTF_8);
    return isForBrowser ? browserFrame(0, name, line) : line;
  }
}
