package io.remoterun.node.listener;

import io.netty.channel.Channel;
import io.netty.channel.ChannelOption;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.handler.ssl.SslContext;
import io.netty.util.concurrent.GlobalEventExecutor;
import io.remoterun.protocol.conf.CannotStart;
import io.remoterun.protocol.keys.HostKey;
import io.remoterun.protocol.keys.Tls;
import java.net.InetSocketAddress;
import java.security.PublicKey;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
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
 * it is in time. Who is not admitted any more is out soon.
 */
public final class NodeListener implements SmartLifecycle {
  private static final Duration PATIENCE = Duration.ofSeconds(5);

  private final Settings settings;
  private final HostKey key;
  private final NodeService service;
  private final Logger logger;
  private final ChannelGroup connections = new DefaultChannelGroup(GlobalEventExecutor.INSTANCE);
  private final BoundedLog strangers;
  private final BoundedLog known;
  private final House house;
  private final Sessions sessions;
  private @Nullable DisposableServer server;

  /**
   * @param address port 0 takes any that is free
   * @param connections at once; one more is closed at once
   * @param perAddress of these, for one address, before they have said who they are
   * @param check how long a peer may stay whose key has been removed from the folder of keys
   */
  public record Settings(
      InetSocketAddress address, int connections, int perAddress, Duration check) {}

  public NodeListener(Settings settings, HostKey key, NodeService service) {
    this.settings = settings;
    this.key = key;
    this.service = service;
    this.logger = service.logger();
    this.strangers = new BoundedLog(logger, BoundedLog.WHILE, BoundedLog.STRANGERS);
    this.known = new BoundedLog(logger, BoundedLog.WHILE, BoundedLog.KNOWN);
    this.house = new House(new House.Bounds(settings.connections(), settings.perAddress()));
    this.sessions = new Sessions(service.access(), logger);
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
    SslContext tls = Tls.server(key, key.certificate(), this::isAdmitted);
    Duration handshake = service.deadlines().handshake();
    try {
      server =
          TcpServer.create()
              .bindAddress(settings::address)
              .secure(spec -> spec.sslContext(tls).handshakeTimeout(handshake))
              .doOnChannelInit((observer, channel, remote) -> accept(channel))
              .doOnBound(
                  bound -> bound.channel().pipeline().addFirst(new AcceptFailures(strangers)))
              .childOption(ChannelOption.SO_KEEPALIVE, true)
              .handle(this::talk)
              .bindNow(PATIENCE);
    } catch (ChannelBindException e) {
      Throwable why = Objects.requireNonNullElse(e.getCause(), e);
      String where = settings.address().getHostString() + ":" + settings.address().getPort();
      String reason = why.getMessage() + "; stop what listens there, or change ";
      throw new CannotStart(
          "cannot listen on " + where + ": " + reason + "remote-run.node.listen", e);
    }
    sessions.checkEvery(settings.check());
    logger.info("listens on {} with key {}", address(), key);
  }

  /** How many connections are open now. */
  public int connections() {
    return house.places();
  }

  /** Ends the connections of those that are not admitted any more. Reads files. */
  public void checkSessions() {
    sessions.check();
  }

  private boolean isAdmitted(PublicKey peer) {
    return service.access().get().keys().areNaming(peer);
  }

  private void accept(Channel channel) {
    InetSocketAddress peer = (InetSocketAddress) channel.remoteAddress();
    HandshakeWatch watch = new HandshakeWatch(strangers, this::isAdmitted);
    Optional<String> refusal =
        service.access().get().addresses().contain(peer.getAddress())
            ? house.enter(channel, reason -> watch.refuse(channel, reason))
            : Optional.of("its address is not in admit-addresses");
    connections.add(channel);
    refusal.ifPresentOrElse(
        reason -> watch.refuse(channel, reason),
        () -> {
          ChannelPipeline pipeline = channel.pipeline();
          pipeline.addFirst(firstBytes(channel, watch));
          pipeline.addAfter(NettyPipeline.SslHandler, null, watch);
        });
  }

  private FirstBytesGuard firstBytes(Channel channel, HandshakeWatch watch) {
    return new FirstBytesGuard(
        watch,
        service.deadlines().hello(),
        new Deadline(channel.eventLoop()),
        () -> house.hasSpoken(channel));
  }

  private Publisher<Void> talk(NettyInbound in, NettyOutbound out) {
    AtomicReference<Publisher<Void>> talk = new AtomicReference<>(Mono.empty());
    in.withConnection(connection -> talk.set(talk(connection.channel(), in, out)));
    return talk.get();
  }

  private Mono<Void> talk(Channel channel, NettyInbound in, NettyOutbound out) {
    PeerLog log = new PeerLog(logger, known, Peer.of(channel));
    return new CfengineConnection(
            service, log, channel, in, out, session -> welcome(channel, session))
        .talk();
  }

  private void welcome(Channel channel, CfengineConnection session) {
    house.knows(channel);
    sessions.add(session);
    channel.closeFuture().addListener(closed -> sessions.remove(session));
  }

  @Override
  public void stop() {
    DisposableServer running = server;
    if (running != null) {
      running.disposeNow(PATIENCE);
      sessions.stop();
      connections.close().awaitUninterruptibly(PATIENCE.toMillis());
      strangers.close();
      known.close();
      server = null;
      logger.info("does not listen any more");
    }
  }

  @Override
  public boolean isRunning() {
    return server != null;
  }
}
