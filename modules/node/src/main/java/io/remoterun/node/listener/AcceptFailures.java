package io.remoterun.node.listener;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.remoterun.protocol.run.Printable;
import java.net.SocketAddress;

/**
 * Sits at the listening socket and says why a connection could not be taken, mostly because the
 * process has no descriptor left. Netty tries again after a second.
 */
final class AcceptFailures extends ChannelInboundHandlerAdapter {
  private final StrangerLog log;

  AcceptFailures(StrangerLog log) {
    this.log = log;
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
    SocketAddress own = context.channel().localAddress();
    log.refused(
        own, "cannot take connections for a second: " + Printable.of(String.valueOf(cause)));
  }
}
