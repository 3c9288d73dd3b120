package io.remoterun.relay.transport;

import io.netty.channel.ChannelOption;
import io.netty.handler.ssl.SslContext;
import io.remoterun.protocol.keys.HostKey;
import io.remoterun.protocol.keys.KeyHash;
import io.remoterun.protocol.keys.NodeCertificates;
import io.remoterun.protocol.keys.Tls;
import io.remoterun.protocol.nodelist.NodeEntry;
import io.remoterun.protocol.run.RunEvent;
import io.remoterun.protocol.run.RunRequest;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.netty.Connection;
import reactor.netty.tcp.TcpClient;

/**
 * Triggers a node's agent as cf-runagent does: TLS, the node's key, then CFEngine's protocol. A
 * connection serves one run.
 *
 * <p>The key that the node presents must be one that is known for this very node; it is asked for
 * in every handshake, since no session is ever resumed, and before anything is said. Nothing blocks
 * an event loop, and a consumer that takes events slowly makes its own connection read slowly, and
 * no other.
 */
public final class CfengineTransport implements NodeTransport {
  private final Settings settings;
  private final HostKey key;
  private final Function<NodeEntry, InetSocketAddress> address;
  private final Function<NodeEntry, List<KeyHash>> keys;

  /**
   * How long a node may take.
   *
   * @param connect to accept the connection
   * @param handshake to agree on TLS
   * @param answer to greet, to welcome, and to say whether it starts its agent: for each
   * @param silence of a running agent
   * @param run from the connection to the end of the run
   */
  public record Deadlines(
      Duration connect, Duration handshake, Duration answer, Duration silence, Duration run) {}

  /**
   * @param hop who triggers, for failures, such as {@code relay root}
   * @param user whom the relay poses as; CFEngine's nodes know {@code root}
   * @param mostBytesOfLine a longer line comes in pieces of that size; at least 1
   */
  public record Settings(String hop, String user, int mostBytesOfLine, Deadlines deadlines) {}

  /**
   * @param key the relay's own
   * @param address where a node listens, best unresolved
   * @param keys those that a node may present, see {@link #expectedKeys}; none, and it is not asked
   */
  public CfengineTransport(
      Settings settings,
      HostKey key,
      Function<NodeEntry, InetSocketAddress> address,
      Function<NodeEntry, List<KeyHash>> keys) {
    this.settings = settings;
    this.key = key;
    this.address = address;
    this.keys = keys;
  }

  /**
   * The keys that this node may present: the one of the node list, and only where that has none,
   * those of its certificates.
   */
  public static List<KeyHash> expectedKeys(NodeEntry node, NodeCertificates certificates) {
    return node.keyHash()
        .map(List::of)
        .orElseGet(
            () ->
                certificates.of(node.id()).stream()
                    .map(certificate -> KeyHash.of(certificate.getPublicKey()))
                    .toList());
  }

  @Override
  public Flux<RunEvent> run(List<NodeEntry> nodes, RunRequest request, Mono<Void> cancel) {
    return Flux.defer(
        () -> {
          NodeEntry node = nodes.getFirst();
          var target = new CfengineTarget(node, address.apply(node), keys.apply(node));
          var failures = new CfengineFailures(settings.hop(), target, key);
          return target.keys().isEmpty()
              ? Flux.just(failures.noKey())
              : connectAndRun(target, request, failures)
                  .onErrorResume(error -> Mono.just(failures.of(error)))
                  .takeUntilOther(cancel)
                  .concatWith(Mono.fromSupplier(failures::unconfirmed))
                  .takeUntil(RunEvent::isTerminal);
        });
  }

  private Flux<RunEvent> connectAndRun(
      CfengineTarget target, RunRequest request, CfengineFailures failures) {
    return Flux.usingWhen(
        connect(target),
        connection -> new CfengineRun(settings, request, failures, connection).events(),
        connection -> Mono.fromRunnable(connection::dispose));
  }

  private Mono<? extends Connection> connect(CfengineTarget target) {
    Deadlines deadlines = settings.deadlines();
    Duration both = deadlines.connect().plus(deadlines.handshake());
    SslContext tls = Tls.client(key, key.certificate(), target::admits);
    return TcpClient.newConnection()
        .remoteAddress(target::address)
        .resolver(JvmResolver.INSTANCE)
        .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, millis(deadlines.connect()))
        .option(ChannelOption.SO_KEEPALIVE, true)
        .secure(spec -> spec.sslContext(tls).handshakeTimeout(deadlines.handshake()))
        .connect()
        .timeout(both, Mono.error(() -> new TimeoutException("no connection in " + words(both))));
  }

  static String words(Duration deadline) {
    return deadline.toMillis() / 1000.0 + " s";
  }

  private static int millis(Duration time) {
    return Math.clamp(time.toMillis(), 1, Integer.MAX_VALUE);
  }
}
