package io.remoterun.webapp.http;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.util.concurrent.Future;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Ends the connection of whoever begins a request and does not come to the end of its headers in
 * time: a byte now and then would keep it for ever. Of one connection; on its event loop.
 */
final class HeadTimeout extends ChannelInboundHandlerAdapter {
  private final Duration timeout;
  private boolean isInRequest;
  private @Nullable Future<?> end;

  HeadTimeout(Duration timeout) {
    this.timeout = timeout;
  }

  @Override
  public void channelRead(ChannelHandlerContext context, Object bytes) {
    if (!isInRequest && end == null) {
      end =
          context
              .executor()
              .schedule(() -> late(context), timeout.toMillis(), TimeUnit.MILLISECONDS);
    }
    context.fireChannelRead(bytes);
  }

  private static void late(ChannelHandlerContext context) {
    context.pipeline().fireUserEventTriggered(Late.HEAD);
  }

  /** What {@link StrictRequests} hears of this. */
  enum Late {
    HEAD
  }

  /** All headers are there; what comes next is the body. */
  void headIsThere() {
    isInRequest = true;
    stop();
  }

  void requestIsThere() {
    isInRequest = false;
  }

  private void stop() {
    if (end != null) {
      end.cancel(false);
      end = null;
    }
  }

  @Override
  public void channelInactive(ChannelHandlerContext context) {
    stop();
    context.fireChannelInactive();
  }
}
