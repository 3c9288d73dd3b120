package io.remoterun.node.listener;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.ssl.SslHandshakeCompletionEvent;
import io.remoterun.protocol.keys.KeyNotAdmittedException;
import io.remoterun.protocol.run.Printable;
import java.nio.channels.ClosedChannelException;
import org.slf4j.Logger;

/** Sits behind TLS and says in the log why there is none; then the connection is closed. */
final class HandshakeWatch extends ChannelInboundHandlerAdapter {
  private final Logger logger;
  private boolean told;

  HandshakeWatch(Logger logger) {
    this.logger = logger;
  }

  /** Says why the connection is closed, once: what follows from closing it is no news. */
  void refuse(ChannelHandlerContext context, String reason) {
    if (!told) {
      told = true;
      logger.warn("refused {}: {}", Peer.addressOf(context.channel().remoteAddress()), reason);
      var _ = context.close();
    }
  }

  @Override
  public void userEventTriggered(ChannelHandlerContext context, Object event) {
    if (event instanceof SslHandshakeCompletionEvent handshake && !handshake.isSuccess()) {
      refuse(context, reason(handshake.cause()));
    } else {
      context.fireUserEventTriggered(event);
    }
  }

  /** TLS throws what made the handshake fail, too: it has been told. */
  @Override
  public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
    if (!told) {
      context.fireExceptionCaught(cause);
    }
  }

  private static String reason(Throwable cause) {
    if (cause instanceof ClosedChannelException) {
      return "it left before the end of the TLS handshake";
    }
    return KeyNotAdmittedException.causeOf(cause)
        .map(KeyNotAdmittedException::getMessage)
        .orElseGet(() -> "no TLS: " + Printable.of(String.valueOf(cause.getMessage())));
  }
}
