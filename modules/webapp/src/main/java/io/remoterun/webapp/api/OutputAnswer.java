package io.remoterun.webapp.api;

import io.remoterun.operations.followers.Followers;
import io.remoterun.protocol.http.OutputFormat;
import io.remoterun.protocol.http.PlainOutput;
import io.remoterun.protocol.log.RunLog;
import io.remoterun.protocol.run.NodeId;
import io.remoterun.protocol.run.OutputBytes;
import io.remoterun.protocol.run.RunEvent;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.springframework.core.io.buffer.DataBufferFactory;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.server.reactive.ServerHttpResponse;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * What the agent of one node printed, as it is, and while it prints more. Where a bound has made a
 * hop drop something a line says so; how the agent ended is in the trailer.
 */
final class OutputAnswer {
  private static final MediaType PLAIN = new MediaType("text", "plain", StandardCharsets.UTF_8);

  private static final Map<String, Format> FORMATS =
      Map.of("raw", Format.RAW, "table", Format.TABLE);

  private static final Map<String, Colours> COLOURS =
      Map.of("auto", Colours.KEPT, "always", Colours.ADDED, "never", Colours.TAKEN_OFF);

  private final Followers followers;
  private final ServerWebExchange exchange;
  private final Format format;
  private final Colours colours;

  enum Format {
    RAW,
    TABLE
  }

  enum Colours {
    /** As the agent printed them. */
    KEPT,
    /** Also to the table, which has none of its own accord: there may be no terminal. */
    ADDED,
    TAKEN_OFF
  }

  /** A parameter that makes no sense is told by an exception. */
  OutputAnswer(ServerWebExchange exchange, Followers followers) {
    this.followers = followers;
    Parameters parameters = Parameters.of(exchange, "format", "color");
    this.exchange = exchange;
    this.format = parameters.word("format", FORMATS).orElse(Format.RAW);
    this.colours = parameters.word("color", COLOURS).orElse(Colours.KEPT);
  }

  Mono<Void> write(RunLog log, NodeId node) {
    ServerHttpResponse response = exchange.getResponse();
    response.setStatusCode(HttpStatus.OK);
    response.getHeaders().setContentType(PLAIN);
    response.getHeaders().set("X-Content-Type-Options", "nosniff");
    Outcome outcome = Outcome.announce(response);
    RunEvent lastWord = LastWord.to(node);
    Flux<RunEvent> printed =
        followers
            .untilEnd(log.events().filter(event -> event.node().equals(node)), Mono.just(lastWord))
            .takeUntil(RunEvent::isTerminal)
            .doOnNext(outcome::see);
    DataBufferFactory buffers = response.bufferFactory();
    boolean isColoured = colours == Colours.ADDED;
    Flux<byte[]> answer =
        switch (format) {
          case RAW ->
              PlainOutput.of(
                  coloured(printed.filter(event -> !event.isTerminal() || event.equals(lastWord))));
          case TABLE -> OutputFormat.tableOfOne(printed, isColoured);
        };
    return followers.counted(response.writeWith(answer.map(buffers::wrap)));
  }

  private Flux<RunEvent> coloured(Flux<RunEvent> events) {
    if (colours != Colours.TAKEN_OFF) {
      return events;
    }
    return Flux.defer(
        () -> {
          ControlSequences sequences = new ControlSequences();
          return events.map(event -> without(sequences, event));
        });
  }

  private static RunEvent without(ControlSequences sequences, RunEvent event) {
    return event instanceof RunEvent.Output(NodeId node, OutputBytes bytes)
        ? new RunEvent.Output(node, OutputBytes.copyOf(sequences.takeOff(bytes.toByteArray())))
        : event;
  }
}
