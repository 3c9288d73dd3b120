package io.remoterun.node.listener;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.remoterun.protocol.run.Printable;

/**
 * Sits at the listening socket and says why a connection could not be taken, mostly because the
 * process has no descriptor left. The next one, Reactor Netty's, tries again after a second.
 */
final class AcceptFailures extends ChannelInboundHandlerAdapter {
  private final BoundedLog log;

  AcceptFailures(BoundedLog log) {
    this.log = log;
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
    // First: it must not depend on whether there is a log to write to.
    context.fireExceptionCaught(cause);
    log.say(
        "newcomers",
        "cannot take connections for a second: " + Printable.of(String.valueOf(cause)));
  }
}
