package io.remoterun.cli.http;

import io.remoterun.cli.console.Failure;
import io.remoterun.cli.console.FileProblem;
import io.remoterun.cli.settings.Settings;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.util.Optional;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;

/** Whom to trust on TLS, where it is not the system's authorities. */
final class TlsTrust {
  private TlsTrust() {}

  static Optional<SSLContext> of(Settings settings) {
    Optional<TrustManager[]> trusted =
        settings
            .pin()
            .<TrustManager[]>map(pin -> new TrustManager[] {new PinnedWebapp(pin)})
            .or(() -> settings.caFile().map(TlsTrust::authorities));
    return trusted.map(TlsTrust::context);
  }

  private static SSLContext context(TrustManager[] trusted) {
    try {
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(null, trusted, null);
      return context;
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("this Java has no TLS", e);
    }
  }

  private static TrustManager[] authorities(Path file) {
    try (InputStream in = Files.newInputStream(file)) {
      KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
      store.load(null, null);
      for (Certificate certificate :
          CertificateFactory.getInstance("X.509").generateCertificates(in)) {
        store.setCertificateEntry("authority-" + store.size(), certificate);
      }
      if (store.size() == 0) {
        throw new Failure(file + " has no certificate in it: should be PEM");
      }
      TrustManagerFactory factory =
          TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
      factory.init(store);
      return factory.getTrustManagers();
    } catch (IOException e) {
      throw new Failure("cannot read certificates from " + file + ": " + FileProblem.words(e));
    } catch (GeneralSecurityException e) {
      throw new Failure("cannot read certificates from " + file + ": " + e.getMessage());
    }
  }
}
