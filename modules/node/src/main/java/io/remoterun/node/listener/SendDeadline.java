package io.remoterun.node.listener;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.handler.timeout.IdleStateEvent;
import io.netty.handler.timeout.IdleStateHandler;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/**
 * Sits before TLS and sees a peer that takes nothing of what is sent to it. Looks after each time
 * that is configured, and the first look does not count, because what waits may have come a moment
 * ago: so it takes at least that time and at most twice. A peer that takes a little is never late.
 */
final class SendDeadline extends IdleStateHandler {
  private final Runnable late;

  SendDeadline(Duration time, Runnable late) {
    super(true, 0, time.toMillis(), 0, TimeUnit.MILLISECONDS);
    this.late = late;
  }

  @Override
  protected void channelIdle(ChannelHandlerContext context, IdleStateEvent event) {
    ChannelOutboundBuffer waiting = context.channel().unsafe().outboundBuffer();
    if (!event.isFirst() && waiting != null && waiting.totalPendingWriteBytes() > 0) {
      late.run();
    }
  }
}
