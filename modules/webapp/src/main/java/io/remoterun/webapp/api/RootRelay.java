package io.remoterun.webapp.api;

import io.netty.channel.ChannelOption;
import io.remoterun.protocol.http.RelayClient;
import io.remoterun.protocol.run.NodeId;
import io.remoterun.protocol.run.RunEvent;
import io.remoterun.protocol.run.RunFailure;
import io.remoterun.protocol.run.RunRequest;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.netty.http.client.HttpClient;
import reactor.netty.resources.ConnectionProvider;

/** The relay that the webapp asks for every run, and how long it waits for it. */
public final class RootRelay {
  private static final String HOP = "webapp";
  private static final String RELAY = "relay root";

  private final RelayClient client;
  private final Duration whole;

  /**
   * @param url up to and including {@code /rudder/relay-api/1}
   * @param token what the relay wants to be shown, if anything
   * @param deadlines how long to wait
   */
  public RootRelay(URI url, Optional<String> token, Deadlines deadlines) {
    this.client =
        new RelayClient(http(url, token, deadlines), url, HOP, RELAY, deadlines.silence());
    this.whole = deadlines.run();
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
          Mono<Long> end = at(System.nanoTime() + whole.toNanos());
          return client
              .run(request, List.of(node))
              .timeout(end, event -> end, Mono.fromSupplier(() -> late(node)));
        });
  }

  private RunEvent late(NodeId node) {
    String reason = "the run has not ended after " + whole.toMillis() + " ms";
    return new RunEvent.Failed(node, new RunFailure(RunFailure.Kind.TIMEOUT, HOP, reason));
  }

  private static Mono<Long> at(long nanoTime) {
    return Mono.defer(() -> Mono.delay(Duration.ofNanos(nanoTime - System.nanoTime())));
  }

  /** One connection for each run: none that the relay has closed meanwhile, and no pool to fill. */
  private static HttpClient http(URI url, Optional<String> token, Deadlines deadlines) {
    HttpClient http =
        HttpClient.create(ConnectionProvider.newConnection())
            .option(
                ChannelOption.CONNECT_TIMEOUT_MILLIS,
                Math.toIntExact(deadlines.connect().toMillis()))
            .headers(
                headers ->
                    token.ifPresent(secret -> headers.set("Authorization", "Bearer " + secret)));
    return "https".equals(url.getScheme()) ? http.secure() : http;
  }
}
