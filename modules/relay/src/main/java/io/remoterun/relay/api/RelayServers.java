package io.remoterun.relay.api;

import io.netty.channel.ChannelOption;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.handler.ssl.SslContext;
import io.netty.util.concurrent.GlobalEventExecutor;
import io.remoterun.protocol.conf.CannotStart;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.springframework.context.SmartLifecycle;
import org.springframework.http.server.reactive.ReactorHttpHandlerAdapter;
import org.springframework.web.reactive.function.server.RouterFunction;
import org.springframework.web.reactive.function.server.RouterFunctions;
import org.springframework.web.reactive.function.server.ServerResponse;
import reactor.netty.ChannelBindException;
import reactor.netty.DisposableServer;
import reactor.netty.http.server.HttpServer;

/**
 * The relay's listeners: plain HTTP for programs on the same machine, and HTTPS for the relay
 * above. They are the relay's own: where other roles run in the same process, its routes are on no
 * other port. Started and stopped with the application.
 */
public final class RelayServers implements SmartLifecycle {
  private static final Duration REQUEST_TIMEOUT = Duration.ofSeconds(30);
  private static final Duration HANDSHAKE_TIMEOUT = Duration.ofSeconds(10);

  /** These two bound what a stalled reader's connection holds, at no cost in throughput. */
  private static final int SEND_BUFFER = 256 << 10;

  private static final WriteBufferWaterMark WATER_MARK =
      new WriteBufferWaterMark(16 << 10, 64 << 10);

  /** A webapp's web server starts 2048 below the highest one, and stops 1024 below it. */
  public static final int PHASE = SmartLifecycle.DEFAULT_PHASE - 4096;

  private final Listener http;
  private final Optional<Listener> https;
  private final Logger log;
  private final List<DisposableServer> bound = new ArrayList<>();
  private final ChannelGroup connections =
      new DefaultChannelGroup(GlobalEventExecutor.INSTANCE, true);

  /**
   * @param setting the setting that says where it listens, for the error when that is not possible
   * @param address not resolved; port 0 is a free one
   * @param tls lets callers in; without it, the routes do
   * @param idle after which a connection without a request is closed
   */
  public record Listener(
      String setting,
      InetSocketAddress address,
      Optional<SslContext> tls,
      Duration idle,
      RouterFunction<ServerResponse> routes) {
    String hostAndPort() {
      return address.getHostString() + ":" + address.getPort();
    }
  }

  public RelayServers(Listener http, Optional<Listener> https, Logger log) {
    this.http = http;
    this.https = https;
    this.log = log;
  }

  @Override
  public synchronized void start() {
    try {
      bound.add(bind(http));
      https.ifPresent(listener -> bound.add(bind(listener)));
    } catch (RuntimeException e) {
      stop();
      throw e;
    }
  }

  private DisposableServer bind(Listener listener) {
    HttpServer server =
        HttpServer.create()
            .host(listener.address().getHostString())
            .port(listener.address().getPort())
            .channelGroup(connections)
            .childOption(ChannelOption.SO_SNDBUF, SEND_BUFFER)
            .childOption(ChannelOption.WRITE_BUFFER_WATER_MARK, WATER_MARK)
            .requestTimeout(REQUEST_TIMEOUT)
            .idleTimeout(listener.idle())
            .handle(
                new ReactorHttpHandlerAdapter(RouterFunctions.toHttpHandler(listener.routes())));
    HttpServer secured = listener.tls().map(tls -> secured(server, tls)).orElse(server);
    try {
      DisposableServer started = secured.bindNow();
      log.info(
          "listens on {} ({})", started.address(), listener.tls().isPresent() ? "HTTPS" : "HTTP");
      return started;
    } catch (ChannelBindException e) {
      Throwable why = Objects.requireNonNullElse(e.getCause(), e);
      String reason = why.getMessage() + "; stop what listens there, or change ";
      throw new CannotStart(
          "cannot listen on " + listener.hostAndPort() + ": " + reason + listener.setting(), e);
    }
  }

  private HttpServer secured(HttpServer server, SslContext tls) {
    return server
        .secure(spec -> spec.sslContext(tls).handshakeTimeout(HANDSHAKE_TIMEOUT))
        .doOnChannelInit((observer, channel, address) -> RefusedHandshakes.logAt(channel, log));
  }

  /** Before a webapp in the same process listens, and after it has ended: that needs this relay. */
  @Override
  public int getPhase() {
    return PHASE;
  }

  /** Open answers are cut off. */
  @Override
  public synchronized void stop() {
    bound.forEach(server -> server.channel().close().awaitUninterruptibly());
    connections.close().awaitUninterruptibly();
    bound.clear();
  }

  @Override
  public synchronized boolean isRunning() {
    return !bound.isEmpty();
  }

  /** How many connections of callers are open. */
  public int connections() {
    return connections.size();
  }

  /**
   * Where the HTTP listener is bound.
   *
   * @throws IllegalStateException when it is not
   */
  public synchronized InetSocketAddress http() {
    return addressOf(0);
  }

  /**
   * Where the HTTPS listener is bound.
   *
   * @throws IllegalStateException when it is not, or when there is none
   */
  public synchronized InetSocketAddress https() {
    return addressOf(1);
  }

  private InetSocketAddress addressOf(int position) {
    @Nullable DisposableServer server = position < bound.size() ? bound.get(position) : null;
    if (server == null) {
      throw new IllegalStateException("this relay does not listen there");
    }
    return (InetSocketAddress) server.address();
  }
}
