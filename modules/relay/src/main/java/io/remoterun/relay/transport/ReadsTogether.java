package io.remoterun.relay.transport;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.ByteToMessageDecoder;
import org.jspecify.annotations.Nullable;

/**
 * Sits after TLS and hands on in one piece what one read of the socket has brought. A node sends
 * each line in a record of its own, and each on its own way through all that follows here costs
 * more than the line.
 */
final class ReadsTogether extends ChannelInboundHandlerAdapter {
  private @Nullable ByteBuf pieces;

  @Override
  public void channelRead(ChannelHandlerContext context, Object message) {
    if (message instanceof ByteBuf piece) {
      ByteBuf before = pieces;
      pieces =
          before == null
              ? piece
              : ByteToMessageDecoder.MERGE_CUMULATOR.cumulate(context.alloc(), before, piece);
    } else {
      context.fireChannelRead(message);
    }
  }

  @Override
  public void channelReadComplete(ChannelHandlerContext context) {
    handOn(context);
    context.fireChannelReadComplete();
  }

  /** TLS tells of its end so, before the read is complete. */
  @Override
  public void userEventTriggered(ChannelHandlerContext context, Object event) {
    handOn(context);
    context.fireUserEventTriggered(event);
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
    handOn(context);
    context.fireExceptionCaught(cause);
  }

  @Override
  public void channelInactive(ChannelHandlerContext context) {
    handOn(context);
    context.fireChannelInactive();
  }

  @Override
  public void handlerRemoved(ChannelHandlerContext context) {
    handOn(context);
  }

  private void handOn(ChannelHandlerContext context) {
    ByteBuf whole = pieces;
    if (whole != null) {
      pieces = null;
      context.fireChannelRead(whole);
    }
  }
}
