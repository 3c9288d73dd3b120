package io.remoterun.node.listener;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.util.ReferenceCountUtil;
import io.remoterun.protocol.run.Printable;
import java.time.Duration;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Sits before TLS, looks at the first bytes and closes what is no TLS, so that the log says what it
 * was; and what begins a TLS hello and does not end it in time. CFEngine before 2013 spoke a
 * protocol without TLS whose first message has {@code CAUTH} at the bytes 8 to 12.
 */
final class FirstBytesGuard extends ChannelInboundHandlerAdapter {
  private static final int MOST_SHOWN = 32;
  private static final Pattern HTTP = Pattern.compile("[A-Z]{3,7} .*", Pattern.DOTALL);

  private final HandshakeWatch watch;
  private final Duration patience;
  private final Deadline deadline;
  private final Runnable spoken;
  private final Hello hello = new Hello();
  private boolean hasBegun;

  /**
   * @param patience from the first byte of the hello to its last
   * @param deadline for that
   * @param spoken called when the hello is there
   */
  FirstBytesGuard(HandshakeWatch watch, Duration patience, Deadline deadline, Runnable spoken) {
    this.watch = watch;
    this.patience = patience;
    this.deadline = deadline;
    this.spoken = spoken;
  }

  @Override
  public void channelRead(ChannelHandlerContext context, Object message) {
    if (!(message instanceof ByteBuf bytes) || !bytes.isReadable()) {
      context.fireChannelRead(message);
    } else if (hasBegun || bytes.getUnsignedByte(bytes.readerIndex()) == Hello.HANDSHAKE) {
      hello(context, bytes);
    } else {
      refuse(context, bytes);
      ReferenceCountUtil.release(message);
    }
  }

  private void hello(ChannelHandlerContext context, ByteBuf bytes) {
    if (!hasBegun) {
      hasBegun = true;
      deadline.start(patience, () -> late(context));
    }
    hello.read(bytes);
    Optional<String> problem = hello.problem();
    if (problem.isPresent()) {
      watch.refuse(context.channel(), "no TLS: " + problem.get());
      ReferenceCountUtil.release(bytes);
      return;
    }
    if (hello.isThere()) {
      context.pipeline().remove(this);
      spoken.run();
    }
    context.fireChannelRead(bytes);
  }

  private void late(ChannelHandlerContext context) {
    double seconds = patience.toMillis() / 1000.0;
    watch.refuse(context.channel(), "its TLS hello has not ended within " + seconds + " s");
  }

  /** Also when the connection is closed. */
  @Override
  public void handlerRemoved(ChannelHandlerContext context) {
    deadline.stop();
  }

  private void refuse(ChannelHandlerContext context, ByteBuf bytes) {
    int size = Math.min(bytes.readableBytes(), MOST_SHOWN);
    String first = bytes.toString(bytes.readerIndex(), size, ISO_8859_1);
    watch.refuse(
        context.channel(),
        "it does not speak TLS but " + nameOf(first) + ": " + Printable.quoted(first));
  }

  private static String nameOf(String first) {
    if (first.startsWith("CAUTH", 8)) {
      return "the classic CFEngine protocol";
    }
    return HTTP.matcher(first).matches() ? "plain HTTP" : "something else";
  }
}
