package io.remoterun.protocol.http;

import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.remoterun.protocol.log.EveryNodeEnds;
import io.remoterun.protocol.log.RunEventDecoder;
import io.remoterun.protocol.log.RunEventStream;
import io.remoterun.protocol.log.RunLog;
import io.remoterun.protocol.run.NodeId;
import io.remoterun.protocol.run.Printable;
import io.remoterun.protocol.run.RunEvent;
import io.remoterun.protocol.run.RunFailure;
import io.remoterun.protocol.run.RunFailure.Kind;
import io.remoterun.protocol.run.RunRequest;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeoutException;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.netty.ByteBufFlux;
import reactor.netty.http.client.HttpClient;
import reactor.netty.http.client.HttpClientResponse;

/**
 * Asks a relay for a run. The one client of the relay's HTTP API, used by webapp and relays.
 *
 * <p>Cancelling closes the connection. A reader has to take events as they come, as a run log does:
 * the deadline for the relay's silence cannot tell who is slow.
 */
public final class RelayClient {
  /** Four heartbeats of the other end. */
  public static final Duration SILENCE = Heartbeats.EVERY.multipliedBy(4);

  private final HttpClient http;
  private final URI base;
  private final String relay;
  private final Duration silence;
  private final EveryNodeEnds everyNodeEnds;

  /** With the silence that is usual. */
  public RelayClient(HttpClient http, URI base, String hop, String relay) {
    this(http, base, hop, relay, SILENCE);
  }

  /**
   * @param http with TLS, token header and connect time-out already set, as many connections as
   *     there may be runs at once, and no response time-out, which would end quiet runs
   * @param base up to and including {@code /rudder/relay-api/1} or {@code /rudder/relay-api}
   * @param hop who asks, for failures, such as {@code webapp} or {@code relay root}; what is to be
   *     logged goes to the logger of that name, such as {@code remote-run.relay.root}
   * @param relay who is asked, for failures, such as {@code relay root}
   * @param silence after which the relay is given up: no event and no heartbeat
   */
  public RelayClient(HttpClient http, URI base, String hop, String relay, Duration silence) {
    this.http = http;
    this.base = base;
    this.relay = relay + " at " + base.getAuthority();
    this.silence = silence;
    this.everyNodeEnds =
        new EveryNodeEnds(
            this.relay,
            LoggerFactory.getLogger("remote-run." + hop.replace(' ', '.')),
            error -> RelayFailures.of(error, hop, this.relay),
            () -> endedEarly(hop));
  }

  /**
   * Asks when subscribed to; always synchronously, because who wants to hear how each run ends has
   * to wait for it. Never fails: what goes wrong is a {@code Failed} event for each expected node
   * that has no terminal event yet. Every expected node ends in exactly one terminal event. Events
   * of other nodes are dropped, and said in the log.
   *
   * @param expected the nodes that the request is for; none, and nothing is asked
   */
  public Flux<RunEvent> run(RunRequest request, List<NodeId> expected) {
    return everyNodeEnds.once(post(request).timeout(silence, Flux.error(this::silent)), expected);
  }

  private Flux<RunEvent> post(RunRequest request) {
    RunRequest synchronous =
        new RunRequest(
            request.id(), request.target(), request.conditions(), false, request.keepOutput());
    byte[] form = RunForm.encode(synchronous).getBytes(StandardCharsets.UTF_8);
    return http.headers(headers -> setHeaders(headers, request))
        .post()
        .uri(base + RunForm.path(request.target()))
        .send(Mono.fromSupplier(() -> Unpooled.wrappedBuffer(form)))
        .response(RelayClient::events);
  }

  private static void setHeaders(HttpHeaders headers, RunRequest request) {
    headers
        .set(HttpHeaderNames.USER_AGENT, "remote-run")
        .set(HttpHeaderNames.CONTENT_TYPE, RunForm.MEDIA_TYPE)
        .set(HttpHeaderNames.ACCEPT, RunEventStream.MEDIA_TYPE)
        .set(RunForm.RUN_ID_HEADER, request.id().toString());
  }

  private static Flux<RunEvent> events(HttpClientResponse response, ByteBufFlux body) {
    int status = response.status().code();
    String type =
        Objects.requireNonNullElse(
            response.responseHeaders().get(HttpHeaderNames.CONTENT_TYPE), "no content type");
    if (status != 200) {
      return body.asByteArray()
          .next()
          .defaultIfEmpty(new byte[0])
          .flatMapMany(bytes -> Flux.error(refusal(status, bytes)));
    }
    if (!type.startsWith(RunEventStream.MEDIA_TYPE)) {
      return Flux.error(
          new RelayException(
              Kind.PROTOCOL, "answered with " + Printable.of(type) + " instead of run events"));
    }
    RunEventDecoder decoder = new RunEventDecoder();
    return body.asByteArray().concatMapIterable(decoder::feed).map(RunLog.Entry::event);
  }

  private static RelayException refusal(int status, byte[] body) {
    String firstLine =
        new String(body, StandardCharsets.UTF_8).lines().findFirst().orElse("no reason given");
    Kind kind =
        switch (status) {
          case 401, 403 -> Kind.REFUSED;
          case 503 -> Kind.OVERLOADED;
          default -> Kind.RELAY;
        };
    return new RelayException(
        kind, "answered HTTP status " + status + ": " + Printable.of(firstLine));
  }

  private TimeoutException silent() {
    return new TimeoutException("said nothing for " + silence.toMillis() + " ms");
  }

  private RunFailure endedEarly(String hop) {
    return new RunFailure(
        Kind.INTERRUPTED, hop, relay + " ended its answer before the end of the run");
  }
}
