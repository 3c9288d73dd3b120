package io.remoterun.relay.transport;

import io.netty.channel.ChannelOption;
import io.netty.channel.ConnectTimeoutException;
import io.netty.handler.ssl.SslContext;
import io.remoterun.protocol.keys.HostKey;
import io.remoterun.protocol.keys.Tls;
import io.remoterun.protocol.run.RunId;
import io.remoterun.relay.transport.CfengineTransport.Deadlines;
import java.time.Duration;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;
import reactor.netty.Connection;
import reactor.netty.NettyPipeline;
import reactor.netty.tcp.TcpClient;

/** Makes the connections of one transport, so many handshakes at a time. Thread-safe. */
final class CfengineConnector {
  /** Longer than any healthy node takes, and so short that many sick ones hold up nobody. */
  private static final int PART_OF_HANDSHAKE = 10;

  private final Deadlines deadlines;
  private final HostKey key;
  private final Turns handshakes;

  CfengineConnector(Deadlines deadlines, HostKey key, int handshakesAtOnce) {
    this.deadlines = deadlines;
    this.key = key;
    this.handshakes = new Turns(handshakesAtOnce, handshakesAtOnce);
  }

  /**
   * Connects, waits for its turn, agrees on TLS with one of the target's keys. Connects once more
   * when its turn comes later than the time that a handshake may take: the node may be about to
   * give the connection up (ours do after 10 s, cf-serverd after 30).
   *
   * @param watched the client that connects, told to somebody
   */
  Mono<? extends Connection> connect(
      CfengineTarget target, RunId run, UnaryOperator<TcpClient> watched) {
    return Mono.defer(
            () -> {
              AtomicReference<Turns.@Nullable Permit> late = new AtomicReference<>();
              return attempt(target, handshakes.take(run), deadlines.handshake(), late, watched)
                  .onErrorResume(error -> late.get() != null, error -> again(target, late, watched))
                  .doFinally(end -> giveBack(late.get()));
            })
        .timeout(deadlines.run(), Mono.error(() -> new TimeoutException(late(deadlines.run()))));
  }

  private Mono<Connection> again(
      CfengineTarget target,
      AtomicReference<Turns.@Nullable Permit> late,
      UnaryOperator<TcpClient> watched) {
    return attempt(target, Mono.justOrEmpty(late.get()), deadlines.run(), late, watched);
  }

  private static void giveBack(Turns.@Nullable Permit permit) {
    if (permit != null) {
      permit.giveBack();
    }
  }

  private Mono<Connection> attempt(
      CfengineTarget target,
      Mono<Turns.Permit> permit,
      Duration fresh,
      AtomicReference<Turns.@Nullable Permit> late,
      UnaryOperator<TcpClient> watched) {
    // The name has to be resolved, too.
    Duration both = deadlines.connect().multipliedBy(2);
    Duration longest = deadlines.handshake().dividedBy(PART_OF_HANDSHAKE);
    AtomicBoolean isAccepted = new AtomicBoolean();
    Mono<Turns.Permit> turn = permit.doOnSubscribe(asked -> isAccepted.set(true));
    SslContext tls = Tls.client(key, key.certificate(), target.keys()::admits);
    TcpClient client =
        TcpClient.newConnection()
            .remoteAddress(target::address)
            .resolver(JvmResolver.INSTANCE)
            .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, millis(deadlines.connect()))
            .option(ChannelOption.SO_KEEPALIVE, true)
            .secure(spec -> spec.sslContext(tls).handshakeTimeout(deadlines.handshake()))
            .doOnChannelInit(
                (observer, channel, remote) ->
                    channel
                        .pipeline()
                        .addFirst(new HandshakeTurn(turn, longest, fresh, late::set))
                        .addAfter(NettyPipeline.SslHandler, null, new ReadsTogether()));
    return watched
        .apply(client)
        .connect()
        .<Connection>map(connection -> connection)
        .timeout(
            Mono.delay(both).filterWhen(end -> isAccepted.get() ? Mono.never() : Mono.just(true)),
            Mono.error(() -> new ConnectTimeoutException(late(both))));
  }

  private static String late(Duration deadline) {
    return "no connection in " + CfengineTransport.words(deadline);
  }

  private static int millis(Duration time) {
    return Math.clamp(time.toMillis(), 1, Integer.MAX_VALUE);
  }
}
