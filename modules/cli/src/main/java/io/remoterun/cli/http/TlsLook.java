package io.remoterun.cli.http;

import io.remoterun.cli.console.Failure;
import io.remoterun.cli.settings.Settings;
import io.remoterun.protocol.keys.KeyHash;
import io.remoterun.protocol.run.Printable;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.security.GeneralSecurityException;
import java.security.cert.X509Certificate;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Optional;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSession;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.SSLSocketFactory;
import javax.net.ssl.TrustManager;

/**
 * How TLS with the webapp is, by the rules by which it is asked later. Says nothing to it.
 *
 * @param words what was agreed on
 * @param problem why it was not; empty where it was
 * @param advice what to do about that
 */
public record TlsLook(String words, String problem, String advice) {
  private static final DateTimeFormatter DAY =
      DateTimeFormatter.ISO_LOCAL_DATE.withZone(ZoneOffset.UTC);

  /** Blocks, for as long as is given in milliseconds for each of a few reads. */
  public static TlsLook at(
      InetSocketAddress address, String host, Settings settings, int patience) {
    try {
      SSLContext context =
          TlsTrust.of(settings).isPresent() ? TlsTrust.of(settings).get() : SSLContext.getDefault();
      SSLSession session = agreed(context, address, host, settings.pin().isEmpty(), patience);
      return new TlsLook(words(session), "", "");
    } catch (Failure e) {
      return new TlsLook("", String.valueOf(e.getMessage()), "");
    } catch (SocketTimeoutException e) {
      // It has shown nothing in all that time, and need not be waited for again.
      return failed(WebappErrors.innermost(e), Optional.empty());
    } catch (IOException | GeneralSecurityException e) {
      if (WebappErrors.speaksPlain(e)) {
        return new TlsLook("", "does not speak TLS", "use http:// if that is meant");
      }
      return failed(WebappErrors.innermost(e), shown(address, host, patience));
    }
  }

  private static TlsLook failed(String why, Optional<X509Certificate> shown) {
    return shown
        .map(
            certificate ->
                new TlsLook(
                    "",
                    why + ". It shows " + words(certificate),
                    "if that is the right one: --pin "
                        + KeyHash.of(certificate.getPublicKey())
                        + ", or --ca-file; if not, somebody else answers there"))
        .orElseGet(() -> new TlsLook("", why, "check that the port is that of an https service"));
  }

  /** What a server that is not trusted has shown; nothing is said to it. */
  private static Optional<X509Certificate> shown(
      InetSocketAddress address, String host, int patience) {
    try {
      SSLContext anybody = SSLContext.getInstance("TLS");
      anybody.init(null, new TrustManager[] {new TrustsAnybody()}, null);
      SSLSession session = agreed(anybody, address, host, false, patience);
      return Optional.of((X509Certificate) session.getPeerCertificates()[0]);
    } catch (IOException | GeneralSecurityException e) {
      return Optional.empty();
    }
  }

  private static SSLSession agreed(
      SSLContext context, InetSocketAddress address, String host, boolean byName, int patience)
      throws IOException {
    SSLSocketFactory sockets = context.getSocketFactory();
    try (Socket plain = new Socket()) {
      plain.connect(address, patience);
      plain.setSoTimeout(patience);
      try (SSLSocket tls = (SSLSocket) sockets.createSocket(plain, host, address.getPort(), true)) {
        if (byName) {
          SSLParameters parameters = tls.getSSLParameters();
          parameters.setEndpointIdentificationAlgorithm("HTTPS");
          tls.setSSLParameters(parameters);
        }
        tls.startHandshake();
        return tls.getSession();
      }
    }
  }

  private static String words(SSLSession session) throws IOException {
    X509Certificate certificate = (X509Certificate) session.getPeerCertificates()[0];
    return session.getProtocol() + ", " + words(certificate);
  }

  private static String words(X509Certificate certificate) {
    return "key "
        + KeyHash.of(certificate.getPublicKey())
        + " ("
        + Printable.of(certificate.getSubjectX500Principal().getName())
        + ", until "
        + DAY.format(certificate.getNotAfter().toInstant())
        + ")";
  }
}
