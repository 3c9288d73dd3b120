package io.remoterun.benchmarks.fleet;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslHandler;
import io.remoterun.benchmarks.process.ParentLink;
import io.remoterun.benchmarks.process.Words;
import io.remoterun.protocol.keys.HostKey;
import io.remoterun.protocol.keys.Tls;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * The nodes of a {@link SimulatedFleet}, all at the same port, as a real fleet has it, and with the
 * same key, which spares minutes of making keys. They admit everybody.
 */
public final class FleetSimulator implements AutoCloseable {
  private static final int THREADS = 2;
  private static final int BACKLOG = 128;

  /** Real nodes do not share two processors. */
  private static final long HANDSHAKE_MILLIS = 120_000;

  private final EventLoopGroup loops =
      new MultiThreadIoEventLoopGroup(THREADS, NioIoHandler.newFactory());
  private final List<Channel> listeners = new ArrayList<>();
  private final List<BlackHole> holes = new ArrayList<>();
  private final FleetCounters counters = new FleetCounters();
  private int port;

  FleetSimulator(SimulatedFleet fleet, SimulatedAgent agent, HostKey key) throws IOException {
    ServerBootstrap bootstrap = bootstrap(agent, key);
    List<ChannelFuture> binding = new ArrayList<>();
    for (int node = 0; node < fleet.nodes(); node++) {
      if (!fleet.isDead(node)) {
        ChannelFuture bound = bootstrap.bind(address(node));
        if (port == 0) {
          Channel first = bound.syncUninterruptibly().channel();
          port = ((InetSocketAddress) first.localAddress()).getPort();
        }
        binding.add(bound);
      }
    }
    for (ChannelFuture bound : binding) {
      listeners.add(bound.syncUninterruptibly().channel());
    }
    for (int node = 0; node < fleet.nodes(); node++) {
      if (fleet.isDead(node)) {
        holes.add(new BlackHole(address(node)));
      }
    }
  }

  private InetSocketAddress address(int node) {
    return new InetSocketAddress(SimulatedFleet.address(node), port);
  }

  private ServerBootstrap bootstrap(SimulatedAgent agent, HostKey key) {
    SslContext tls = Tls.server(key, key.certificate(), anyone -> true);
    NodeHandler.Output output = NodeHandler.Output.of(agent);
    return new ServerBootstrap()
        .group(loops)
        .channel(NioServerSocketChannel.class)
        .option(ChannelOption.SO_BACKLOG, BACKLOG)
        .childOption(ChannelOption.TCP_NODELAY, true)
        .childHandler(
            new ChannelInitializer<>() {
              @Override
              protected void initChannel(Channel channel) {
                SslHandler handler = tls.newHandler(channel.alloc());
                handler.setHandshakeTimeoutMillis(HANDSHAKE_MILLIS);
                // One record for each write, as cf-serverd and our node do it.
                handler.setWrapDataSize(0);
                channel.pipeline().addLast(handler);
                channel.pipeline().addLast(new NodeHandler(output, counters));
              }
            });
  }

  int port() {
    return port;
  }

  Map<String, Long> figures() {
    return counters.figures();
  }

  @Override
  public void close() throws IOException {
    for (BlackHole hole : holes) {
      hole.close();
    }
    for (Channel listener : listeners) {
      listener.close().awaitUninterruptibly();
    }
    var _ = loops.shutdownGracefully();
  }

  /**
   * A process of its own, see {@link FleetProcess}.
   *
   * @param words the fleet, the agent, and the file of the private key
   */
  public static void simulate(Words words) throws IOException {
    ParentLink parent = new ParentLink();
    SimulatedFleet fleet =
        new SimulatedFleet(
            Math.toIntExact(words.number("nodes")), Math.toIntExact(words.number("dead")));
    HostKey key = HostKey.read(Path.of(words.text("key")));
    try (FleetSimulator simulator = new FleetSimulator(fleet, SimulatedAgent.of(words), key)) {
      parent.serve(new Words(Map.of("port", String.valueOf(simulator.port()))), simulator::figures);
    }
  }
}
