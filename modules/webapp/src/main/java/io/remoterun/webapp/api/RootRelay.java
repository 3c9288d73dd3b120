package io.remoterun.webapp.api;

import io.netty.channel.ChannelOption;
import io.remoterun.protocol.http.RelayClient;
import io.remoterun.protocol.run.NodeId;
import io.remoterun.protocol.run.RunEvent;
import io.remoterun.protocol.run.RunFailure;
import io.remoterun.protocol.run.RunRequest;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
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

  /**
   * @param url up to and including {@code /rudder/relay-api/1}
   * @param token reads what the relay wants to be shown, if anything; called for each run, because
   *     the relay may make a new one at any time; may block
   * @param deadlines how long to wait
   */
  public RootRelay(URI url, Callable<Optional<String>> token, Deadlines deadlines) {
    this.http = http(url, deadlines);
    this.url = url;
    this.token = token;
    this.deadlines = deadlines;
  }

  /**
   * @param connect for the connection to the relay
   * @param silence the longest time without any event; a relay sends heartbeats more often
   * @param run the longest time for a run as a whole
   */
  public record Deadlines(Duration connect, Duration silence, Duration run) {}

  /** Never fails, and ends with exactly one terminal event. */
  Flux<RunEvent> run(RunRequest request, NodeId node) {
    return Flux.defer(
        () -> {
          Mono<Long> end = at(System.nanoTime() + deadlines.run().toNanos());
          return client()
              .flatMapMany(client -> client.run(request, List.of(node)))
              .onErrorResume(IOException.class, e -> Mono.just(noToken(node, e)))
              .timeout(end, event -> end, Mono.fromSupplier(() -> late(node)));
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

  private static RunEvent noToken(NodeId node, IOException e) {
    String reason = "cannot read the token for " + RELAY + ": " + e.getMessage();
    return new RunEvent.Failed(node, new RunFailure(RunFailure.Kind.INTERNAL, HOP, reason));
  }

  private RunEvent late(NodeId node) {
    String reason = "the run has not ended after " + deadlines.run().toMillis() + " ms";
    return new RunEvent.Failed(node, new RunFailure(RunFailure.Kind.TIMEOUT, HOP, reason));
  }

  private static Mono<Long> at(long nanoTime) {
    return Mono.defer(() -> Mono.delay(Duration.ofNanos(nanoTime - System.nanoTime())));
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
