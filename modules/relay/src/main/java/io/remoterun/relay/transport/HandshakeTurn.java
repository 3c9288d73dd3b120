package io.remoterun.relay.transport;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.ssl.SslHandler;
import io.netty.util.concurrent.Future;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import reactor.core.Disposable;
import reactor.core.Disposables;
import reactor.core.publisher.Mono;

/**
 * Sits before TLS and lets it know of the connection only when it is its turn: handshakes that all
 * begin together take, each, as long as all together, and would all be late. TLS starts its
 * deadline by then. So a node that does not even accept takes no turn, and one that accepts and
 * then says nothing keeps its turn for a while only, and goes on without.
 */
final class HandshakeTurn extends ChannelInboundHandlerAdapter {
  private final Mono<Turns.Permit> turn;
  private final Duration longest;
  private Disposable waiting = Disposables.disposed();

  /**
   * @param longest after which the next one may begin, whether or not this one is done
   */
  HandshakeTurn(Mono<Turns.Permit> turn, Duration longest) {
    this.turn = turn;
    this.longest = longest;
  }

  @Override
  public void channelActive(ChannelHandlerContext context) {
    waiting = turn.subscribe(permit -> context.executor().execute(() -> begin(context, permit)));
  }

  @Override
  public void channelInactive(ChannelHandlerContext context) {
    waiting.dispose();
    context.fireChannelInactive();
  }

  private void begin(ChannelHandlerContext context, Turns.Permit permit) {
    Future<?> late =
        context.executor().schedule(permit::giveBack, longest.toMillis(), TimeUnit.MILLISECONDS);
    SslHandler tls = context.pipeline().get(SslHandler.class);
    // At once where the connection has been closed meanwhile.
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
