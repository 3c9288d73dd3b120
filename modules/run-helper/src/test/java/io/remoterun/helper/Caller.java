package io.remoterun.helper;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;

/**
 * A process that asks the helper at the socket of its argument for what stands in its standard
 * input, and prints the answer. It uses no other class, so that it can be another user's.
 */
final class Caller {
  private Caller() {}

  public static void main(String[] arguments) throws IOException {
    try (SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX)) {
      channel.connect(UnixDomainSocketAddress.of(arguments[0]));
      ByteBuffer request = ByteBuffer.wrap(System.in.readAllBytes());
      while (request.hasRemaining()) {
        channel.write(request);
      }
      Channels.newInputStream(channel).transferTo(System.out);
      System.out.flush();
    }
  }
}
