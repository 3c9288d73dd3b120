package io.remoterun.relay.subrelay;

import io.netty.channel.ChannelOption;
import io.netty.handler.ssl.SslContext;
import io.remoterun.operations.metrics.RelayCalls;
import io.remoterun.operations.trace.Tracing;
import io.remoterun.protocol.check.CheckStep;
import io.remoterun.protocol.http.RelayClient;
import io.remoterun.protocol.nodelist.NodeEntry;
import io.remoterun.protocol.run.NodeId;
import io.remoterun.protocol.run.Printable;
import io.remoterun.protocol.run.RunEvent;
import io.remoterun.protocol.run.RunFailure;
import io.remoterun.protocol.run.RunRequest;
import io.remoterun.protocol.run.RunTarget;
import io.remoterun.relay.runs.Order;
import io.remoterun.relay.topology.Fleet;
import io.remoterun.relay.topology.Route;
import io.remoterun.relay.transport.JvmResolver;
import java.net.InetSocketAddress;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Stream;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.netty.http.client.HttpClient;
import reactor.netty.resources.ConnectionProvider;

/** Asks relays below this one for runs: HTTPS to {@code https://HOST:PORT/rudder/relay-api}. */
public final class SubRelays {
  private static final Duration LONGEST_LOOK = Duration.ofSeconds(4);

  private final NodeId self;
  private final PeerTls peers;
  private final Function<NodeEntry, InetSocketAddress> addresses;
  private final Deadlines deadlines;
  private final RelayCalls calls;
  private final Tracing tracing;

  /**
   * How long a relay may take.
   *
   * @param connect to accept the connection
   * @param handshake to agree on TLS
   * @param silence the longest without any event or heartbeat
   */
  public record Deadlines(Duration connect, Duration handshake, Duration silence) {}

  /**
   * @param self this relay's id, for failures
   * @param peers how a relay proves who it is
   * @param addresses where a relay is reached; not resolved
   */
  public SubRelays(
      NodeId self,
      PeerTls peers,
      Function<NodeEntry, InetSocketAddress> addresses,
      Deadlines deadlines,
      Tracing tracing) {
    this.self = self;
    this.tracing = tracing;
    this.peers = peers;
    this.addresses = addresses;
    this.deadlines = deadlines;
    this.calls = new RelayCalls("relay " + self);
  }

  /** What became of them. */
  public RelayCalls calls() {
    return calls;
  }

  /** Never fails, and ends each of the route's nodes in exactly one terminal event. */
  public Flux<RunEvent> run(Route.Via route, Order order) {
    return calls.counted(route.relay().id(), ask(route, order));
  }

  /** Looks at the way to that relay, and asks it for its own way to the node. Never fails. */
  public Mono<List<CheckStep>> check(NodeEntry relay, NodeId node, Fleet fleet, List<NodeId> path) {
    return Mono.defer(
        () ->
            peers
                .towards(relay, fleet)
                .map(tls -> client(relay, tls).check(node, with(path)))
                .orElseGet(() -> Mono.just(List.of(failed(relay)))));
  }

  private CheckStep failed(NodeEntry relay) {
    return CheckStep.failed(CheckStep.Step.KEY, noKey(relay), 0);
  }

  private List<NodeId> with(List<NodeId> path) {
    return Stream.concat(path.stream(), Stream.of(self)).toList();
  }

  private Flux<RunEvent> ask(Route.Via route, Order order) {
    Optional<SslContext> tls = peers.towards(route.relay(), order.fleet());
    RunRequest request = order.request().withTarget(new RunTarget.Nodes(route.nodes()));
    List<NodeId> path = with(order.path());
    return tls.isEmpty()
        ? Flux.fromIterable(route.nodes())
            .map(node -> new RunEvent.Failed(node, noKey(route.relay())))
        : tracing.around(
            "ask relay " + route.relay().id(),
            request,
            traced ->
                client(route.relay(), tls.get())
                    .run(traced, route.nodes(), path, order.cancel().signal()));
  }

  private RunFailure noKey(NodeEntry relay) {
    String reason =
        "no key of relay "
            + relay.id()
            + " is known: it has no certificate, and no key hash in the node list";
    return new RunFailure(RunFailure.Kind.WRONG_KEY, "relay " + self, reason);
  }

  /** Asks the relay for nothing but an answer; empty when that is as it should be. */
  public Mono<String> whatIsWrongWith(NodeEntry relay, Fleet fleet) {
    return Mono.justOrEmpty(peers.towards(relay, fleet))
        .flatMap(tls -> answer(relay, tls))
        .defaultIfEmpty("no key of it is known")
        .timeout(LONGEST_LOOK)
        .onErrorResume(error -> Mono.just(String.valueOf(error.getMessage())))
        .doOnNext(words -> calls.answered(relay.id(), words.isEmpty()))
        .filter(words -> !words.isEmpty())
        .map(words -> "relay " + relay.id() + ": " + Printable.of(words));
  }

  private Mono<String> answer(NodeEntry relay, SslContext tls) {
    return http(tls)
        .get()
        .uri(base(relay) + "/system/info")
        .responseSingle(
            (response, body) ->
                Mono.just(
                    response.status().code() == 200
                        ? ""
                        : "answered HTTP status " + response.status().code()));
  }

  private URI base(NodeEntry relay) {
    InetSocketAddress address = addresses.apply(relay);
    String host = address.getHostString();
    String authority = (host.contains(":") ? "[" + host + "]" : host) + ":" + address.getPort();
    return URI.create("https://" + authority + "/rudder/relay-api");
  }

  private RelayClient client(NodeEntry relay, SslContext tls) {
    return new RelayClient(
        http(tls), base(relay), "relay " + self, "relay " + relay.id(), deadlines.silence());
  }

  /** One connection for each run: its handshake asks for the keys as they are now. */
  private HttpClient http(SslContext tls) {
    return HttpClient.create(ConnectionProvider.newConnection())
        .resolver(JvmResolver.INSTANCE)
        .option(
            ChannelOption.CONNECT_TIMEOUT_MILLIS, Math.toIntExact(deadlines.connect().toMillis()))
        .secure(spec -> spec.sslContext(tls).handshakeTimeout(deadlines.handshake()));
  }
}
