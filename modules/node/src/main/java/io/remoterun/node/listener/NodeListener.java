package io.remoterun.node.listener;

import io.netty.channel.Channel;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.handler.ssl.SslContext;
import io.netty.util.concurrent.GlobalEventExecutor;
import io.remoterun.protocol.keys.HostKey;
import io.remoterun.protocol.keys.Tls;
import io.remoterun.protocol.run.Printable;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;
import org.slf4j.Logger;
import org.springframework.context.SmartLifecycle;
import reactor.core.publisher.Mono;
import reactor.netty.ChannelBindException;
import reactor.netty.DisposableServer;
import reactor.netty.NettyInbound;
import reactor.netty.NettyOutbound;
import reactor.netty.NettyPipeline;
import reactor.netty.tcp.TcpServer;

/**
 * Listens for relays with TLS. One bad peer ends its own connection and nothing else: not more than
 * a stated number of connections are there at once, each has to come past the handshake and say who
 * it is in time.
 */
public final class NodeListener implements SmartLifecycle {
  private static final Duration PATIENCE = Duration.ofSeconds(5);

  private final Settings settings;
  private final HostKey key;
  private final NodeService service;
  private final Logger logger;
  private final ChannelGroup connections = new DefaultChannelGroup(GlobalEventExecutor.INSTANCE);
  private @Nullable DisposableServer server;

  /**
   * @param address port 0 takes any that is free
   * @param connections at once; one more is closed at once
   * @param handshake how long a peer may take for it
   */
  public record Settings(InetSocketAddress address, int connections, Duration handshake) {}

  public NodeListener(Settings settings, HostKey key, NodeService service) {
    this.settings = settings;
    this.key = key;
    this.service = service;
    this.logger = service.logger();
  }

  /** Where it listens. */
  public InetSocketAddress address() {
    DisposableServer running = server;
    if (running == null) {
      throw new IllegalStateException("the node does not listen");
    }
    return (InetSocketAddress) running.address();
  }

  public int port() {
    return address().getPort();
  }

  @Override
  public void start() {
    SslContext tls = Tls.server(key, key.certificate(), service.keys()::areNaming);
    try {
      server =
          TcpServer.create()
              .bindAddress(settings::address)
              .secure(spec -> spec.sslContext(tls).handshakeTimeout(settings.handshake()))
              .doOnChannelInit((observer, channel, remote) -> accept(channel))
              .handle(this::talk)
              .bindNow(PATIENCE);
    } catch (ChannelBindException e) {
      throw new IllegalStateException(
          "cannot listen on "
              + settings.address()
              + ": "
              + Printable.of(String.valueOf(e.getCause()))
              + " (remote-run.node.listen)",
          e);
    }
    logger.info("listens on {} with key {}", address(), key);
  }

  /** How many connections are open now. */
  int connections() {
    return connections.size();
  }

  private void accept(Channel channel) {
    connections.add(channel);
    if (connections.size() > settings.connections()) {
      String peer = Peer.addressOf(channel.remoteAddress());
      logger.warn("refused {}: {} connections are there already", peer, settings.connections());
      var _ = channel.close();
      return;
    }
    ChannelPipeline pipeline = channel.pipeline();
    HandshakeWatch watch = new HandshakeWatch(logger);
    pipeline.addFirst(new FirstBytesGuard(watch));
    pipeline.addAfter(NettyPipeline.SslHandler, null, watch);
  }

  private Publisher<Void> talk(NettyInbound in, NettyOutbound out) {
    AtomicReference<Publisher<Void>> talk = new AtomicReference<>(Mono.empty());
    in.withConnection(
        connection ->
            talk.set(new CfengineConnection(service, connection.channel(), in, out).talk()));
    return talk.get();
  }

  @Override
  public void stop() {
    DisposableServer running = server;
    if (running != null) {
      running.disposeNow(PATIENCE);
      connections.close().awaitUninterruptibly(PATIENCE.toMillis());
      server = null;
      logger.info("does not listen any more");
    }
  }

  @Override
  public boolean isRunning() {
    return server != null;
  }
}
