package io.remoterun.protocol.check;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.ssl.SslHandler;
import io.remoterun.protocol.check.CheckStep.Step;
import io.remoterun.protocol.keys.KeyHash;
import io.remoterun.protocol.run.RunFailure;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.ArrayList;
import java.util.List;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSession;
import reactor.netty.Connection;
import reactor.netty.transport.ClientTransport;

/**
 * Notes how far one connection gets, each step with the time since the one before. What goes wrong
 * is known in the end as a run's failure; its kind, and how far it was, tell at which step.
 * Thread-safe.
 */
public final class ConnectionCheck {
  private final String hop;
  private final String peer;
  private final List<Step> ahead;
  private final List<CheckStep> steps = new ArrayList<>();
  private long since = System.nanoTime();
  private boolean hasNoAddress;

  /**
   * @param hop who connects, for the steps
   * @param peer who is connected to, with its address
   * @param isSecure whether by TLS
   */
  public ConnectionCheck(String hop, String peer, boolean isSecure) {
    this.hop = hop;
    this.peer = peer;
    this.ahead =
        new ArrayList<>(
            isSecure
                ? List.of(Step.RESOLVE, Step.CONNECT, Step.TLS, Step.KEY, Step.ACCESS)
                : List.of(Step.RESOLVE, Step.CONNECT, Step.ACCESS));
  }

  /** The client, whose next connection is looked at. */
  public <T extends ClientTransport<T, ?>> T watch(T client) {
    return client
        .doOnResolveError((connection, error) -> noAddress())
        .doAfterResolve((connection, address) -> resolved(address))
        .doOnChannelInit(
            (observer, channel, remote) -> channel.pipeline().addFirst(new Accepted()));
  }

  private void resolved(SocketAddress address) {
    if (address instanceof InetSocketAddress inet && inet.getAddress() != null) {
      ok(Step.RESOLVE, "has the address " + inet.getAddress().getHostAddress());
    }
  }

  private synchronized void noAddress() {
    hasNoAddress = true;
  }

  private final class Accepted extends ChannelInboundHandlerAdapter {
    @Override
    public void channelActive(ChannelHandlerContext context) {
      ok(Step.CONNECT, "accepts connections");
      context.fireChannelActive();
    }
  }

  /** The handshake is over, and the peer's key has been admitted; nothing where there is no TLS. */
  public void secured(Connection connection) {
    SslHandler tls = connection.channel().pipeline().get(SslHandler.class);
    if (tls != null) {
      SSLSession session = tls.engine().getSession();
      ok(Step.TLS, "speaks " + session.getProtocol());
      ok(Step.KEY, "proves to have the key " + keyOf(session));
    }
  }

  /** In place of {@link #secured}: the peer's key was not compared with any. */
  public void securedByAnyKey(Connection connection, String why) {
    SSLSession session =
        connection.channel().pipeline().get(SslHandler.class).engine().getSession();
    ok(Step.TLS, "speaks " + session.getProtocol());
    unknown(Step.KEY, "shows the key " + keyOf(session) + ", " + why);
  }

  private static String keyOf(SSLSession session) {
    try {
      return KeyHash.of(session.getPeerCertificates()[0].getPublicKey()).toString();
    } catch (SSLPeerUnverifiedException e) {
      throw new IllegalStateException("a handshake without a certificate", e);
    }
  }

  /** The first time only: a connection may be made twice. The steps before it went well, too. */
  public synchronized void ok(Step step, String words) {
    before(step);
    if (ahead.remove(step) || step.compareTo(Step.ACCESS) > 0) {
      steps.add(CheckStep.ok(hop, step, peer + " " + words, millis()));
    }
  }

  public synchronized void unknown(Step step, String words) {
    before(step);
    ahead.remove(step);
    steps.add(CheckStep.unknown(hop, step, peer + " " + words));
  }

  /** The end, at the step that the failure is about. */
  public synchronized void failed(RunFailure failure) {
    Step step = stepOf(failure);
    before(step);
    steps.add(CheckStep.failed(step, failure, millis()));
    ahead.clear();
  }

  private Step stepOf(RunFailure failure) {
    Step next = ahead.isEmpty() ? Step.AGENT : ahead.getFirst();
    return switch (failure.kind()) {
      case WRONG_KEY -> Step.KEY;
      case REFUSED, RELAY, OVERLOADED, UNSUPPORTED -> Step.ACCESS;
      case UNKNOWN_NODE, NO_ROUTE -> Step.ROUTE;
      // An address needs no look-up, so that none is told.
      case UNREACHABLE -> next == Step.RESOLVE && !hasNoAddress ? Step.CONNECT : next;
      default -> next;
    };
  }

  /** A peer that is heard in a later step has been reached in those before. */
  private void before(Step step) {
    while (!ahead.isEmpty() && (step == Step.ROUTE || ahead.getFirst().compareTo(step) < 0)) {
      Step passed = ahead.removeFirst();
      String words = passed == Step.RESOLVE ? " needs no look-up" : " is past that";
      steps.add(CheckStep.ok(hop, passed, peer + words, millis()));
    }
  }

  private long millis() {
    long now = System.nanoTime();
    long millis = (now - since) / 1_000_000;
    since = now;
    return millis;
  }

  /** In their order, so far. */
  public synchronized List<CheckStep> steps() {
    return List.copyOf(steps);
  }
}
