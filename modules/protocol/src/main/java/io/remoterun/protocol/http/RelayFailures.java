package io.remoterun.protocol.http;

import io.netty.handler.ssl.SslHandshakeTimeoutException;
import io.remoterun.protocol.log.MalformedEventException;
import io.remoterun.protocol.run.Printable;
import io.remoterun.protocol.run.RunFailure;
import io.remoterun.protocol.run.RunFailure.Kind;
import java.io.IOException;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.SocketException;
import java.net.UnknownHostException;
import java.nio.channels.UnresolvedAddressException;
import java.security.cert.CertificateException;
import java.util.Locale;
import java.util.Objects;
import java.util.concurrent.TimeoutException;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLPeerUnverifiedException;
import org.jspecify.annotations.Nullable;

/** What an exception of the HTTP client means for the run. */
final class RelayFailures {
  /** TLS alerts by which a server says that it does not like the client's certificate. */
  private static final Pattern REFUSAL =
      Pattern.compile("certificate|unknown_ca|access_denied|unknown ca|access denied");

  private RelayFailures() {}

  /**
   * @param hop who asked
   * @param relay who was asked, with its address
   */
  static RunFailure of(Throwable error, String hop, String relay) {
    for (Throwable cause : causes(error)) {
      @Nullable RunFailure failure = ofCause(cause, hop, relay);
      if (failure != null) {
        return failure;
      }
    }
    return new RunFailure(Kind.INTERNAL, hop, relay + ": " + Printable.of(error.toString()));
  }

  /** The innermost first: it says most. */
  private static Iterable<Throwable> causes(Throwable error) {
    return Stream.iterate(error, Objects::nonNull, Throwable::getCause)
        .limit(20)
        .toList()
        .reversed();
  }

  private static @Nullable RunFailure ofCause(Throwable cause, String hop, String relay) {
    String what = Printable.of(Objects.requireNonNullElse(cause.getMessage(), cause.toString()));
    return switch (cause) {
      case RelayException e -> new RunFailure(e.kind(), hop, relay + " " + what);
      case MalformedEventException e ->
          new RunFailure(Kind.PROTOCOL, hop, relay + " sent what is no event: " + what);
      case SslHandshakeTimeoutException e ->
          new RunFailure(Kind.TIMEOUT, hop, relay + " does not complete the TLS handshake");
      case CertificateException e ->
          new RunFailure(Kind.WRONG_KEY, hop, relay + " is not who it should be: " + what);
      case SSLPeerUnverifiedException e ->
          new RunFailure(Kind.WRONG_KEY, hop, relay + " is not who it should be: " + what);
      case SSLException e when REFUSAL.matcher(what.toLowerCase(Locale.ROOT)).find() ->
          new RunFailure(Kind.REFUSED, hop, relay + " does not accept our certificate: " + what);
      case SSLException e -> new RunFailure(Kind.TLS, hop, "no TLS with " + relay + ": " + what);
      case UnknownHostException e -> unreachable(hop, relay, "unknown host");
      case UnresolvedAddressException e -> unreachable(hop, relay, "unknown host");
      case ConnectException e -> unreachable(hop, relay, what);
      case NoRouteToHostException e -> unreachable(hop, relay, what);
      case SocketException e -> interrupted(hop, relay, what);
      case IOException e -> interrupted(hop, relay, what);
      case TimeoutException e -> new RunFailure(Kind.TIMEOUT, hop, relay + ": " + what);
      default -> null;
    };
  }

  private static RunFailure unreachable(String hop, String relay, String what) {
    return new RunFailure(Kind.UNREACHABLE, hop, "cannot connect to " + relay + ": " + what);
  }

  private static RunFailure interrupted(String hop, String relay, String what) {
    return new RunFailure(Kind.INTERRUPTED, hop, "lost the connection to " + relay + ": " + what);
  }
}
