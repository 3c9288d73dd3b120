package io.remoterun.relay.api;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.ssl.SslHandshakeCompletionEvent;
import io.remoterun.protocol.run.Printable;
import org.slf4j.Logger;
import reactor.netty.NettyPipeline;

/** Says in the relay's log who was not let in by TLS, and why. */
final class RefusedHandshakes extends ChannelInboundHandlerAdapter {
  private final Logger log;

  private RefusedHandshakes(Logger log) {
    this.log = log;
  }

  /** To be called when the TLS handler is there: those after it do not pass its events on. */
  static void logAt(Channel channel, Logger log) {
    channel
        .pipeline()
        .addAfter(
            NettyPipeline.SslHandler, "remote-run.refused-handshakes", new RefusedHandshakes(log));
  }

  @Override
  public void userEventTriggered(ChannelHandlerContext context, Object event) throws Exception {
    if (event instanceof SslHandshakeCompletionEvent handshake) {
      context.pipeline().remove(this);
      if (!handshake.isSuccess()) {
        log.warn(
            "refused {}: no TLS: {}",
            context.channel().remoteAddress(),
            Printable.of(String.valueOf(handshake.cause().getMessage())));
      }
    }
    super.userEventTriggered(context, event);
  }
}
