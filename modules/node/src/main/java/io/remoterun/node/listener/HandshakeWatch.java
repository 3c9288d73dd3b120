package io.remoterun.node.listener;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslHandshakeCompletionEvent;
import io.remoterun.protocol.keys.KeyNotAdmittedException;
import io.remoterun.protocol.keys.Tls;
import io.remoterun.protocol.run.Printable;
import java.net.SocketAddress;
import java.nio.channels.ClosedChannelException;
import java.security.PublicKey;
import java.util.Optional;
import java.util.function.Predicate;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSession;

/**
 * Sits behind TLS, looks at who is there once the handshake is done, and says in the log why a
 * connection is closed before its peer has said who it is.
 */
final class HandshakeWatch extends ChannelInboundHandlerAdapter {
  private final BoundedLog log;
  private final Predicate<PublicKey> admitted;
  private boolean told;

  /**
   * @param admitted asked once more after each handshake: what it says may have changed in between
   */
  HandshakeWatch(BoundedLog log, Predicate<PublicKey> admitted) {
    this.log = log;
    this.admitted = admitted;
  }

  /**
   * Says why the connection is closed, once: what follows from closing it is no news. On its event
   * loop.
   */
  void refuse(Channel channel, String reason) {
    if (!told) {
      told = true;
      SocketAddress peer = channel.remoteAddress();
      log.say(Peer.hostOf(peer), "refused " + Peer.addressOf(peer) + ": " + reason);
      var _ = channel.close();
    }
  }

  @Override
  public void userEventTriggered(ChannelHandlerContext context, Object event) {
    if (event instanceof SslHandshakeCompletionEvent handshake) {
      problem(context, handshake)
          .ifPresentOrElse(
              reason -> refuse(context.channel(), reason),
              () -> context.fireUserEventTriggered(event));
    } else {
      context.fireUserEventTriggered(event);
    }
  }

  private Optional<String> problem(
      ChannelHandlerContext context, SslHandshakeCompletionEvent handshake) {
    if (!handshake.isSuccess()) {
      return Optional.of(reason(handshake.cause()));
    }
    SSLSession session = context.pipeline().get(SslHandler.class).engine().getSession();
    try {
      PublicKey key = Tls.peerKey(session);
      return admitted.test(key)
          ? ShownCertificate.problem(session)
              .map(problem -> problem + " (key " + Peer.nameOf(key) + ")")
          : Optional.ofNullable(new KeyNotAdmittedException(key).getMessage());
    } catch (SSLPeerUnverifiedException e) {
      return Optional.of("it shows no certificate");
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
