package io.remoterun.benchmarks.fleet;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.List;

/**
 * An address where a connection is neither accepted nor refused, as behind a firewall that drops: a
 * listener that accepts nobody and whose short queue is full, so that the kernel ignores who comes.
 */
final class BlackHole implements AutoCloseable {
  private static final int CALLERS = 4;

  private final ServerSocketChannel listener;
  private final List<SocketChannel> queue = new ArrayList<>();

  BlackHole(InetSocketAddress address) throws IOException {
    listener = ServerSocketChannel.open().bind(address, 1);
    for (int caller = 0; caller < CALLERS; caller++) {
      SocketChannel channel = SocketChannel.open();
      queue.add(channel);
      channel.configureBlocking(false);
      channel.connect(address);
    }
  }

  @Override
  public void close() throws IOException {
    for (SocketChannel channel : queue) {
      channel.close();
    }
    listener.close();
  }
}
