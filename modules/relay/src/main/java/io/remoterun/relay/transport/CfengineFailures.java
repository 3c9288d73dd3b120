package io.remoterun.relay.transport;

import io.netty.handler.ssl.SslHandshakeTimeoutException;
import io.remoterun.protocol.keys.HostKey;
import io.remoterun.protocol.keys.KeyDigest;
import io.remoterun.protocol.keys.KeyHash;
import io.remoterun.protocol.keys.KeyNotAdmittedException;
import io.remoterun.protocol.run.BadRequest;
import io.remoterun.protocol.run.Printable;
import io.remoterun.protocol.run.RunEvent;
import io.remoterun.protocol.run.RunFailure;
import io.remoterun.protocol.run.RunFailure.Kind;
import java.io.IOException;
import java.net.SocketException;
import java.net.UnknownHostException;
import java.util.Optional;
import java.util.concurrent.TimeoutException;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.net.ssl.SSLException;

/** What went wrong with one node, in words that name it, its address and the layer. */
final class CfengineFailures {
  /**
   * With TLS 1.3 it comes after the handshake, which for the client is over before the server's.
   */
  private static final Pattern ALERT_ABOUT_OUR_KEY =
      Pattern.compile(
          ".*fatal alert: (bad_certificate|certificate_\\w+|unsupported_certificate|unknown_ca"
              + "|access_denied).*");

  private final String hop;
  private final CfengineTarget target;
  private final HostKey key;

  CfengineFailures(String hop, CfengineTarget target, HostKey key) {
    this.hop = hop;
    this.target = target;
    this.key = key;
  }

  CfengineTarget target() {
    return target;
  }

  /** The node has said so itself. */
  RunEvent byNode(Kind kind, String words) {
    return failed(kind, "node " + target.node().id(), words);
  }

  /** This relay has seen it. */
  RunEvent seen(Kind kind, String what) {
    return failed(kind, hop, target + ": " + what);
  }

  RunEvent notBegun() {
    return seen(Kind.STOPPED, "the run was cancelled before there was a connection");
  }

  RunEvent noKey() {
    return seen(
        Kind.WRONG_KEY,
        "no key is known for node "
            + target.node().id()
            + ", so nobody can prove to be it"
            + target.keys().hint());
  }

  RunEvent keyRefused(String how) {
    return seen(
        Kind.REFUSED,
        how + ": it does not admit this relay's key " + KeyDigest.md5(key.publicKey()));
  }

  /** This error, thrown here. */
  RunEvent of(Throwable error) {
    return KeyNotAdmittedException.causeOf(error)
        .map(wrong -> wrongKey(wrong, target.keys()))
        .or(() -> causes(error).map(this::known).flatMap(Optional::stream).findFirst())
        .orElseGet(() -> seen(Kind.INTERNAL, "failed by a defect: " + words(error)));
  }

  private static Stream<Throwable> causes(Throwable error) {
    return Stream.iterate(error, cause -> cause != null, Throwable::getCause);
  }

  private Optional<RunEvent> known(Throwable cause) {
    return Optional.ofNullable(
        switch (cause) {
          case TimeoutException _ -> seen(Kind.TIMEOUT, words(cause));
          case SslHandshakeTimeoutException _ -> seen(Kind.TIMEOUT, "TLS: " + words(cause));
          case SSLException tls -> ofTls(tls);
          case UnknownHostException _ -> seen(Kind.UNREACHABLE, "the name does not resolve");
          case SocketException _ when !isReset(cause) -> seen(Kind.UNREACHABLE, words(cause));
          case IOException _ ->
              seen(Kind.TLS, "the connection was lost in the TLS handshake: " + words(cause));
          case BadRequest _ -> seen(Kind.PROTOCOL, words(cause));
          default -> null;
        });
  }

  /** Java has no type for it: the connection was there, unlike with other socket errors. */
  private static boolean isReset(Throwable error) {
    return String.valueOf(error.getMessage()).startsWith("Connection reset");
  }

  private RunEvent ofTls(SSLException tls) {
    return ALERT_ABOUT_OUR_KEY.matcher(String.valueOf(tls.getMessage())).matches()
        ? keyRefused("TLS: " + words(tls))
        : seen(Kind.TLS, "no TLS: " + words(tls));
  }

  /** The peer has another key than these. */
  RunEvent wrongKey(KeyNotAdmittedException wrong, ExpectedKeys expected) {
    String keys =
        expected.keys().stream().map(KeyHash::toString).collect(Collectors.joining(" or "));
    return seen(Kind.WRONG_KEY, words(wrong) + ", expected " + keys + expected.hint());
  }

  /** What such an event says. */
  static RunFailure failureOf(RunEvent event) {
    if (event instanceof RunEvent.Failed(_, RunFailure failure)) {
      return failure;
    }
    throw new IllegalStateException("no failure: " + event);
  }

  private RunEvent failed(Kind kind, String by, String reason) {
    return new RunEvent.Failed(target.node().id(), new RunFailure(kind, by, reason));
  }

  private static String words(Throwable error) {
    String message = error.getMessage();
    return message == null ? error.getClass().getSimpleName() : Printable.of(message);
  }
}
