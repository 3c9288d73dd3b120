package io.remoterun.protocol.keys;

import io.netty.buffer.ByteBufAllocator;
import io.netty.handler.ssl.ApplicationProtocolNegotiator;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslHandler;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.List;
import java.util.concurrent.Executor;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLSessionContext;
import javax.net.ssl.TrustManager;

/**
 * Gives each connection a Java TLS context of its own, so that no connection can resume the session
 * of another. A resumed handshake does not ask the trust manager: with a shared context a peer
 * whose key is no longer admitted would come in by its old session. Seen with Java's provider and
 * with OpenSSL's; the context costs microseconds, a handshake milliseconds.
 */
final class PinnedSslContext extends SslContext {
  private static final String[] VERSIONS = {"TLSv1.3", "TLSv1.2"};

  /**
   * Signing and verifying takes milliseconds. On an event loop, a hundred handshakes would keep all
   * other connections waiting until their deadlines.
   */
  private static final Executor ARITHMETIC = Thread::startVirtualThread;

  private final boolean client;
  private final KeyManager[] own;
  private final TrustManager[] trust;
  private final List<String> cipherSuites;

  PinnedSslContext(boolean client, OwnKey own, PinnedTrust trust) {
    this.client = client;
    this.own = new KeyManager[] {own};
    this.trust = new TrustManager[] {trust};
    this.cipherSuites = List.of(prepare(context().createSSLEngine()).getEnabledCipherSuites());
  }

  @Override
  public SSLEngine newEngine(ByteBufAllocator allocator) {
    return prepare(context().createSSLEngine());
  }

  @Override
  public SSLEngine newEngine(ByteBufAllocator allocator, String host, int port) {
    return prepare(context().createSSLEngine(host, port));
  }

  @Override
  protected SslHandler newHandler(ByteBufAllocator allocator, boolean startTls) {
    return new SslHandler(newEngine(allocator), startTls, ARITHMETIC);
  }

  @Override
  protected SslHandler newHandler(
      ByteBufAllocator allocator, String host, int port, boolean startTls) {
    return new SslHandler(newEngine(allocator, host, port), startTls, ARITHMETIC);
  }

  private SSLContext context() {
    try {
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(own, trust, new SecureRandom());
      return context;
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("this Java has no TLS", e);
    }
  }

  private SSLEngine prepare(SSLEngine engine) {
    engine.setUseClientMode(client);
    engine.setNeedClientAuth(!client);
    engine.setEnabledProtocols(VERSIONS);
    return engine;
  }

  @Override
  public boolean isClient() {
    return client;
  }

  @Override
  public List<String> cipherSuites() {
    return cipherSuites;
  }

  // Deprecated, and still abstract in SslContext.
  @SuppressWarnings("deprecation")
  @Override
  public ApplicationProtocolNegotiator applicationProtocolNegotiator() {
    return List::of;
  }

  /** Of no connection: there are no sessions to share. */
  @Override
  public SSLSessionContext sessionContext() {
    return client ? context().getClientSessionContext() : context().getServerSessionContext();
  }
}
