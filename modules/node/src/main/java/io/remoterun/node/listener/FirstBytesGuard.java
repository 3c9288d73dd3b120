package io.remoterun.node.listener;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.util.ReferenceCountUtil;
import io.remoterun.protocol.run.Printable;
import java.util.regex.Pattern;

/**
 * Sits before TLS, looks at the first bytes and closes what is no TLS, so that the log says what it
 * was. CFEngine before 2013 spoke a protocol without TLS whose first message has {@code CAUTH} at
 * the bytes 8 to 12.
 */
final class FirstBytesGuard extends ChannelInboundHandlerAdapter {
  private static final int TLS_HANDSHAKE = 0x16;
  private static final int MOST_SHOWN = 32;
  private static final Pattern HTTP = Pattern.compile("[A-Z]{3,7} .*", Pattern.DOTALL);

  private final HandshakeWatch watch;

  FirstBytesGuard(HandshakeWatch watch) {
    this.watch = watch;
  }

  @Override
  public void channelRead(ChannelHandlerContext context, Object message) {
    if (!(message instanceof ByteBuf bytes) || !bytes.isReadable()) {
      context.fireChannelRead(message);
    } else if (bytes.getUnsignedByte(bytes.readerIndex()) == TLS_HANDSHAKE) {
      context.pipeline().remove(this);
      context.fireChannelRead(message);
    } else {
      refuse(context, bytes);
      ReferenceCountUtil.release(message);
    }
  }

  private void refuse(ChannelHandlerContext context, ByteBuf bytes) {
    int length = Math.min(bytes.readableBytes(), MOST_SHOWN);
    String first = bytes.toString(bytes.readerIndex(), length, ISO_8859_1);
    watch.refuse(
        context.channel(),
        "it does not speak TLS but " + nameOf(first) + ": '" + Printable.of(first) + "'");
  }

  private static String nameOf(String first) {
    if (first.startsWith("CAUTH", 8)) {
      return "the classic CFEngine protocol";
    }
    return HTTP.matcher(first).matches() ? "plain HTTP" : "something else";
  }
}
