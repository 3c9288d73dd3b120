package io.remoterun.protocol.http;

import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.remoterun.protocol.log.RunEventDecoder;
import io.remoterun.protocol.log.RunEventStream;
import io.remoterun.protocol.log.RunLog.Entry;
import io.remoterun.protocol.log.Seen;
import io.remoterun.protocol.run.NodeId;
import io.remoterun.protocol.run.Printable;
import io.remoterun.protocol.run.RunEvent;
import io.remoterun.protocol.run.RunFailure;
import io.remoterun.protocol.run.RunFailure.Kind;
import io.remoterun.protocol.run.RunId;
import io.remoterun.protocol.run.RunRequest;
import io.remoterun.protocol.run.TraceParent;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.netty.ByteBufFlux;
import reactor.netty.http.client.HttpClient;
import reactor.netty.http.client.HttpClientResponse;
import reactor.util.retry.Retry;

/**
 * One run at a relay, followed over as many connections as it takes. When the connection is lost,
 * and the relay is one that can be asked again, it is asked for the same run from the event after
 * the last one that came. Each method is for one subscriber.
 */
final class FollowedRun {
  private static final Duration FIRST_PAUSE = Duration.ofMillis(100);
  private static final Duration LONGEST_PAUSE = Duration.ofSeconds(2);

  /** How long the relay may take to tell of each node how its run was stopped. */
  private static final Duration CONFIRMATION = Duration.ofSeconds(30);

  private final RelayClient.Peer relay;
  private final HttpClient http;
  private final RunRequest request;
  private final List<NodeId> expected;
  private final List<NodeId> path;
  private final Logger log;

  // Only touched by one connection at a time.
  private final Seen seen = new Seen();
  private long last;
  private boolean canBeAskedAgain;
  private @Nullable RunFailure lost;
  private volatile boolean isAnswered;
  private volatile boolean isWithoutHeartbeats;

  /**
   * @param hasBegun whether the relay should know it: if it does not, nothing begins
   */
  FollowedRun(
      RelayClient.Peer relay,
      HttpClient http,
      RunRequest request,
      List<NodeId> expected,
      List<NodeId> path,
      boolean hasBegun,
      Logger log) {
    this.relay = relay;
    this.http = http;
    this.request = request;
    this.expected = expected;
    this.path = path;
    this.canBeAskedAgain = hasBegun;
    this.isAnswered = hasBegun;
    this.log = log;
  }

  /** Fails when the relay cannot be followed any more. */
  Flux<RunEvent> events(Duration silence, Mono<Void> cancel) {
    return Flux.defer(this::post)
        .retryWhen(
            Retry.backoff(Long.MAX_VALUE, FIRST_PAUSE)
                .maxBackoff(LONGEST_PAUSE)
                .transientErrors(true)
                .filter(this::isWorthAnotherTry))
        .timeout(
            Mono.delay(silence),
            event -> Mono.delay(patience(silence)),
            Flux.error(() -> silent(patience(silence))))
        .filter(event -> !(event instanceof RunEvent.Heartbeat))
        .takeUntilOther(cancel.then(Mono.defer(this::cancelled)));
  }

  private boolean isWorthAnotherTry(Throwable error) {
    RunFailure failure = relay.failureOf(error);
    boolean connectionIsLost =
        switch (failure.kind()) {
          case UNREACHABLE, INTERRUPTED, TIMEOUT -> !(error instanceof RelayException);
          default -> false;
        };
    if (canBeAskedAgain && connectionIsLost) {
      log.warn("run {}: {}; asking again from event {}", request.id(), failure.reason(), last + 1);
      lost = failure;
      return true;
    }
    return false;
  }

  private Duration patience(Duration silence) {
    return isWithoutHeartbeats
        ? silence.multipliedBy(RelayClient.LONGER_WITHOUT_HEARTBEATS)
        : silence;
  }

  private RelayException silent(Duration silence) {
    RunFailure reason = lost;
    return reason == null
        ? new RelayException(Kind.TIMEOUT, "said nothing for " + silence.toMillis() + " ms")
        : new RelayException(
            Kind.INTERRUPTED,
            "has not come back for " + silence.toMillis() + " ms: " + reason.reason());
  }

  private Flux<RunEvent> post() {
    byte[] form = RunForm.following(request).getBytes(StandardCharsets.UTF_8);
    return http.headers(this::setHeaders)
        .post()
        .uri(relay.base() + RunForm.path(request.target()))
        .send(Mono.fromSupplier(() -> Unpooled.wrappedBuffer(form)))
        .response(this::answer);
  }

  private void setHeaders(HttpHeaders headers) {
    headers
        .set(HttpHeaderNames.CONTENT_TYPE, RunForm.MEDIA_TYPE)
        .set(HttpHeaderNames.ACCEPT, RunEventStream.MEDIA_TYPE)
        .set(RunForm.RUN_ID_HEADER, request.id().toString());
    request.trace().ifPresent(trace -> headers.set(TraceParent.HEADER, trace.text()));
    if (!path.isEmpty()) {
      headers.set(
          RunForm.PATH_HEADER,
          path.stream().map(NodeId::toString).collect(Collectors.joining(",")));
    }
    if (canBeAskedAgain) {
      headers.set(RunForm.LAST_EVENT_HEADER, Long.toString(last));
    }
  }

  /** The heartbeat is ours: from now on the relay may be silent for as long as an agent may be. */
  private Flux<RunEvent> plain(ByteBufFlux body) {
    isWithoutHeartbeats = true;
    Flux<RunEvent> events =
        new PlainAnswer(expected, request.keepOutput()).events(body.asByteArray());
    return events.startWith(new RunEvent.Heartbeat(expected.getFirst()));
  }

  private Flux<RunEvent> answer(HttpClientResponse response, ByteBufFlux body) {
    int status = response.status().code();
    isAnswered = true;
    if (status != 200) {
      return body.asByteArray()
          .next()
          .defaultIfEmpty(new byte[0])
          .flatMapMany(bytes -> Flux.error(refusal(status, bytes)));
    }
    String type =
        Objects.requireNonNullElse(
            response.responseHeaders().get(HttpHeaderNames.CONTENT_TYPE), "no content type");
    boolean knowsRuns = response.responseHeaders().contains(RunForm.RUN_ID_HEADER);
    if (type.startsWith(RunEventStream.MEDIA_TYPE)) {
      canBeAskedAgain = knowsRuns;
      RunEventDecoder decoder = new RunEventDecoder();
      return body.asByteArray().concatMapIterable(decoder::feed).concatMapIterable(this::take);
    }
    // relayd says that it is HTML what agents print.
    boolean isText = type.startsWith("text/plain") || type.startsWith("text/html");
    return knowsRuns || !isText
        ? Flux.error(
            new RelayException(
                Kind.PROTOCOL, "answered with " + Printable.of(type) + " instead of run events"))
        : plain(body);
  }

  private List<RunEvent> take(Entry entry) {
    if (entry.sequence() > 0) {
      last = entry.sequence();
    }
    if (lost != null) {
      log.info("run {}: {} is back", request.id(), relay.name());
      lost = null;
    }
    RunEvent news = seen.unseen(entry.event());
    return news == null ? List.of() : List.of(news);
  }

  private RelayException refusal(int status, byte[] body) {
    return RelayException.refused(status, body, canBeAskedAgain ? Kind.INTERRUPTED : Kind.RELAY);
  }

  /** Ends in an error when the relay does not end the run in time: the nodes that are left. */
  private Mono<Void> cancelled() {
    RelayException unconfirmed =
        new RelayException(
            Kind.UNCONFIRMED,
            "has not told within " + CONFIRMATION.toSeconds() + " s that the agents have ended");
    return Mono.delay(CONFIRMATION)
        .<Void>then(Mono.error(unconfirmed))
        .takeUntilOther(delete(request.id()));
  }

  /**
   * Never completes: that the agents have ended is told by events. Fails when it is of no use. The
   * relay may hear of it, on another connection, before it hears of the run: then it is told again.
   */
  private Mono<Void> delete(RunId id) {
    return Mono.defer(() -> tell(id, isAnswered))
        .retryWhen(
            Retry.backoff(Long.MAX_VALUE, FIRST_PAUSE)
                .maxBackoff(LONGEST_PAUSE)
                .filter(error -> !(error instanceof RelayException)))
        .then(Mono.never());
  }

  /**
   * @param wasKnown whether the relay knew the run already: it may have heard of it meanwhile, and
   *     say so on the other connection first
   */
  private Mono<Void> tell(RunId id, boolean wasKnown) {
    return http.delete()
        .uri(relay.base() + RunForm.runPath(id))
        .responseSingle((response, body) -> cancelAnswered(response.status().code(), wasKnown));
  }

  private Mono<Void> cancelAnswered(int status, boolean wasKnown) {
    if (status == 404 && !wasKnown) {
      return Mono.error(new IOException("it was told to stop before it was told to begin"));
    }
    return status == 200
        ? Mono.empty()
        : Mono.error(
            new RelayException(
                Kind.UNCONFIRMED, "answered HTTP status " + status + " when it was told to stop"));
  }
}
