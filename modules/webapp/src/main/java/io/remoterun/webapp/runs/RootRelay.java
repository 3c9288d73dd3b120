package io.remoterun.webapp.runs;

import io.netty.channel.ChannelOption;
import io.remoterun.operations.metrics.RelayCalls;
import io.remoterun.operations.trace.Tracing;
import io.remoterun.protocol.check.CheckStep;
import io.remoterun.protocol.http.RelayClient;
import io.remoterun.protocol.run.NodeId;
import io.remoterun.protocol.run.RunEvent;
import io.remoterun.protocol.run.RunFailure;
import io.remoterun.protocol.run.RunFailure.Kind;
import io.remoterun.protocol.run.RunRequest;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BiFunction;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;
import reactor.netty.http.client.HttpClient;
import reactor.netty.resources.ConnectionProvider;

/** The relay that the webapp asks for every run, and how long it waits for it. */
public final class RootRelay {
  private static final String HOP = "webapp";
  private static final String RELAY = "relay root";

  private final HttpClient http;
  private final URI url;
  private final Callable<Optional<String>> token;
  private final Deadlines deadlines;
  private final Tracing tracing;
  private final RelayCalls calls = new RelayCalls(HOP);

  /**
   * @param url up to and including {@code /rudder/relay-api/1}
   * @param token reads what the relay wants to be shown, if anything; called for each run, because
   *     the relay may make a new one at any time; may block
   * @param deadlines how long to wait
   */
  public RootRelay(URI url, Callable<Optional<String>> token, Deadlines deadlines) {
    this(url, token, deadlines, Tracing.OFF);
  }

  /**
   * @param tracing records each request
   */
  public RootRelay(
      URI url, Callable<Optional<String>> token, Deadlines deadlines, Tracing tracing) {
    this.tracing = tracing;
    this.http = http(url, deadlines);
    this.url = url;
    this.token = token;
    this.deadlines = deadlines;
  }

  /** Asks it for nothing but an answer; fails when that is not as it should be. */
  public Mono<Void> answers() {
    return Mono.fromCallable(token)
        .subscribeOn(Schedulers.boundedElastic())
        .flatMap(
            secret ->
                http(secret)
                    .get()
                    .uri(url + "/system/info")
                    .responseSingle((response, body) -> checked(response.status().code())))
        .doOnSuccess(nothing -> calls.answered(NodeId.ROOT, true))
        .doOnError(error -> calls.answered(NodeId.ROOT, false));
  }

  private static Mono<Void> checked(int status) {
    return status == 200
        ? Mono.empty()
        : Mono.error(
            new IOException(
                RELAY
                    + " answered HTTP status "
                    + status
                    + (status == 401 ? ": it wants another token" : "")));
  }

  /** What became of asking it. */
  public RelayCalls calls() {
    return calls;
  }

  /**
   * @param connect for the connection to the relay
   * @param silence the longest time without any event; a relay sends heartbeats more often
   */
  public record Deadlines(Duration connect, Duration silence) {}

  /**
   * Never fails, and ends with exactly one terminal event of each node.
   *
   * @param deadline when the agents that still run are stopped
   * @param cancel completes when they shall be stopped before
   */
  public Flux<RunEvent> run(
      RunRequest request, List<NodeId> expected, Instant deadline, Mono<Void> cancel) {
    return tracing.around(
        "ask " + RELAY,
        request,
        traced ->
            follow(
                expected,
                deadline,
                cancel,
                (client, end) -> client.run(traced, expected, List.of(), end)));
  }

  /** The same for a run that was begun before this program was: all its events from the first. */
  public Flux<RunEvent> attach(
      RunRequest request, List<NodeId> expected, Instant deadline, Mono<Void> cancel) {
    return follow(
        expected, deadline, cancel, (client, end) -> client.attach(request, expected, end));
  }

  /** The way to the relay, and from there to the node, step by step. Never fails. */
  public Mono<List<CheckStep>> check(NodeId node) {
    return client()
        .flatMap(client -> client.check(node, List.of()))
        .onErrorResume(
            e -> Mono.just(List.of(CheckStep.failed(CheckStep.Step.ACCESS, notAsked(e), 0))));
  }

  private Flux<RunEvent> follow(
      List<NodeId> expected,
      Instant deadline,
      Mono<Void> cancel,
      BiFunction<RelayClient, Mono<Void>, Flux<RunEvent>> events) {
    return Flux.defer(
        () -> {
          AtomicBoolean isLate = new AtomicBoolean();
          Mono<Void> late =
              Mono.delay(Duration.between(Instant.now(), deadline))
                  .doOnNext(time -> isLate.set(true))
                  .then();
          Flux<RunEvent> answer =
              client()
                  .map(client -> events.apply(client, Mono.firstWithSignal(cancel, late)))
                  .onErrorResume(e -> Mono.just(notAsked(expected, e)))
                  .flatMapMany(told -> told);
          return calls
              .counted(NodeId.ROOT, answer)
              .map(event -> isLate.get() ? late(event) : event);
        });
  }

  private Mono<RelayClient> client() {
    return Mono.fromCallable(token)
        .subscribeOn(Schedulers.boundedElastic())
        .map(secret -> new RelayClient(http(secret), url, HOP, RELAY, deadlines.silence()));
  }

  private HttpClient http(Optional<String> secret) {
    return secret
        .map(text -> http.headers(headers -> headers.set("Authorization", "Bearer " + text)))
        .orElse(http);
  }

  private static Flux<RunEvent> notAsked(List<NodeId> expected, Throwable e) {
    RunFailure failure = notAsked(e);
    return Flux.fromIterable(expected).map(node -> new RunEvent.Failed(node, failure));
  }

  private static RunFailure notAsked(Throwable e) {
    String reason =
        e instanceof IOException
            ? "cannot read the token for " + RELAY + ": " + e.getMessage()
            : "cannot ask " + RELAY + ": " + e;
    return new RunFailure(Kind.INTERNAL, HOP, reason);
  }

  /** What the deadline has stopped was not cancelled by anybody. */
  private static RunEvent late(RunEvent event) {
    return event instanceof RunEvent.Failed(NodeId node, RunFailure failure)
            && (failure.kind() == Kind.STOPPED || failure.kind() == Kind.UNCONFIRMED)
        ? new RunEvent.Failed(
            node,
            new RunFailure(
                Kind.TIMEOUT, failure.hop(), "the run's deadline has passed: " + failure.reason()))
        : event;
  }

  /** One connection for each run: none that the relay has closed meanwhile, and no pool to fill. */
  private static HttpClient http(URI url, Deadlines deadlines) {
    HttpClient http =
        HttpClient.create(ConnectionProvider.newConnection())
            .option(
                ChannelOption.CONNECT_TIMEOUT_MILLIS,
                Math.toIntExact(deadlines.connect().toMillis()));
    return "https".equals(url.getScheme()) ? http.secure() : http;
  }
}
