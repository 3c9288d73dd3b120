package io.remoterun.testkit;

import java.net.Socket;
import java.security.Principal;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.X509ExtendedKeyManager;

/** Shows what it is given, whatever the other end would like to see. */
final class ShowsKey extends X509ExtendedKeyManager {
  private static final String NAME = "host";

  private final ShownKey shown;

  ShowsKey(ShownKey shown) {
    this.shown = shown;
  }

  @Override
  public String[] getClientAliases(String type, Principal[] issuers) {
    return new String[] {NAME};
  }

  @Override
  public String chooseClientAlias(String[] types, Principal[] issuers, Socket socket) {
    return NAME;
  }

  @Override
  public String chooseEngineClientAlias(String[] types, Principal[] issuers, SSLEngine engine) {
    return NAME;
  }

  @Override
  public String[] getServerAliases(String type, Principal[] issuers) {
    return new String[] {NAME};
  }

  @Override
  public String chooseServerAlias(String type, Principal[] issuers, Socket socket) {
    return NAME;
  }

  @Override
  public String chooseEngineServerAlias(String type, Principal[] issuers, SSLEngine engine) {
    return NAME;
  }

  @Override
  public X509Certificate[] getCertificateChain(String alias) {
    return shown.chain().toArray(X509Certificate[]::new);
  }

  @Override
  public PrivateKey getPrivateKey(String alias) {
    return shown.key();
  }
}
