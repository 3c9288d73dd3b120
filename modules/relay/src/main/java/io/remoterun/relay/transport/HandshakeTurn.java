package io.remoterun.relay.transport;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.ssl.SslHandler;
import io.netty.util.concurrent.Future;
import java.nio.channels.ClosedChannelException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import reactor.core.Disposable;
import reactor.core.Disposables;
import reactor.core.publisher.Mono;

/**
 * Sits before TLS and lets it know of the connection only when it is its turn: handshakes that all
 * begin together take, each, as long as all together, and would all be late. TLS starts its
 * deadline by then. So a node that does not even accept takes no turn, and one that accepts and
 * then says nothing keeps its turn for a while only, and goes on without. A node has a deadline of
 * its own, which begins when it accepts; so a connection whose turn comes late is closed, and the
 * turn is left to another one.
 */
final class HandshakeTurn extends ChannelInboundHandlerAdapter {
  private final Mono<Turns.Permit> turn;
  private final Duration longest;
  private final Duration fresh;
  private final Consumer<Turns.Permit> stale;
  private long since;
  private Disposable waiting = Disposables.disposed();

  /**
   * @param longest after which the next one may begin, whether or not this one is done
   * @param fresh how old a connection may be when its turn comes
   * @param stale takes the turn of one that is older, just before it is closed
   */
  HandshakeTurn(
      Mono<Turns.Permit> turn, Duration longest, Duration fresh, Consumer<Turns.Permit> stale) {
    this.turn = turn;
    this.longest = longest;
    this.fresh = fresh;
    this.stale = stale;
  }

  @Override
  public void channelActive(ChannelHandlerContext context) {
    since = System.nanoTime();
    waiting = turn.subscribe(permit -> context.executor().execute(() -> begin(context, permit)));
  }

  @Override
  public void channelInactive(ChannelHandlerContext context) {
    waiting.dispose();
    // TLS, which knows nothing of the connection yet, would tell nobody.
    context.fireExceptionCaught(new ClosedChannelException());
    context.fireChannelInactive();
  }

  private void begin(ChannelHandlerContext context, Turns.Permit permit) {
    if (!context.channel().isActive()) {
      permit.giveBack();
      return;
    }
    // In any case: who takes it of a stale connection may have left just now.
    Future<?> late =
        context.executor().schedule(permit::giveBack, longest.toMillis(), TimeUnit.MILLISECONDS);
    if (System.nanoTime() - since > fresh.toNanos()) {
      stale.accept(permit);
      var _ = context.close();
      return;
    }
    SslHandler tls = context.pipeline().get(SslHandler.class);
    tls.handshakeFuture()
        .addListener(
            done -> {
              late.cancel(false);
              permit.giveBack();
            });
    context.fireChannelActive();
    context.pipeline().remove(this);
  }
}
