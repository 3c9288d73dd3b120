package io.remoterun.protocol.keys;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.netty.buffer.Unpooled;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslHandshakeCompletionEvent;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.PublicKey;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Predicate;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.publisher.Mono;
import reactor.netty.Connection;
import reactor.netty.DisposableServer;
import reactor.netty.NettyPipeline;
import reactor.netty.http.client.HttpClient;
import reactor.netty.http.server.HttpServer;
import reactor.netty.tcp.TcpClient;
import reactor.netty.tcp.TcpServer;

/** Real handshakes; the server has Bob's key, and Alice comes. */
class TlsTest {
  private static final HostKey ALICE = TestKeys.ALICE;
  private static final HostKey BOB = TestKeys.BOB;
  private static final Duration DEADLINE = Duration.ofSeconds(30);

  private final AtomicReference<Predicate<PublicKey>> serverAdmits =
      new AtomicReference<>(ALICE.publicKey()::equals);
  private final BlockingQueue<SslHandshakeCompletionEvent> serverHandshakes =
      new LinkedBlockingQueue<>();
  private final BlockingQueue<PublicKey> clientKeys = new LinkedBlockingQueue<>();
  private @Nullable DisposableServer server;

  @BeforeEach
  void serves() {
    SslContext tls = Tls.server(BOB, BOB.certificate(), key -> serverAdmits.get().test(key));
    server =
        TcpServer.create()
            .host("127.0.0.1")
            .port(0)
            .secure(spec -> spec.sslContext(tls))
            .doOnChannelInit(
                (observer, channel, address) ->
                    channel.pipeline().addAfter(NettyPipeline.SslHandler, "watcher", new Watcher()))
            .handle((in, out) -> out.send(in.receive().retain()))
            .bindNow(DEADLINE);
  }

  @AfterEach
  void stops() {
    server().disposeNow(DEADLINE);
  }

  @Test
  void connectsKeysThatAreAdmitted() throws Exception {
    assertThat(echo(ALICE, BOB.publicKey()::equals)).isEqualTo("hello");
    assertThat(clientKeys.poll(10, TimeUnit.SECONDS)).isEqualTo(ALICE.publicKey());
  }

  @Test
  void refusesAServerWhoseKeyIsNotAdmitted() {
    assertThatExceptionOfType(Exception.class)
        .isThrownBy(() -> echo(ALICE, ALICE.publicKey()::equals))
        .satisfies(
            failure ->
                assertThat(KeyNotAdmittedException.causeOf(failure).orElseThrow())
                    .hasMessage(
                        "the peer's key %s (%s) is not admitted",
                        KeyDigest.md5(BOB.publicKey()), KeyHash.of(BOB.publicKey())));
  }

  @Test
  void refusesAClientWhoseKeyIsNotAdmitted() throws Exception {
    serverAdmits.set(key -> false);

    assertThatExceptionOfType(Exception.class)
        .isThrownBy(() -> echo(ALICE, BOB.publicKey()::equals));
    Throwable seen = handshake().cause();
    assertThat(KeyNotAdmittedException.causeOf(seen).orElseThrow())
        .hasMessageContaining(KeyDigest.md5(ALICE.publicKey()).value());
  }

  @ParameterizedTest
  @ValueSource(strings = {"TLSv1.3", "TLSv1.2"})
  void refusesAClientWithoutAKey(String version) throws Exception {
    SSLContext noKey = javaTls(new KeyManager[0]);

    assertThatExceptionOfType(IOException.class).isThrownBy(() -> echo(noKey, version));
    assertThat(handshake().isSuccess()).isFalse();
  }

  @ParameterizedTest
  @ValueSource(strings = {"TLSv1.3", "TLSv1.2"})
  void speaksBothVersions(String version) throws Exception {
    assertThat(
            echo(
                javaTls(new OwnKey(new HostCertificate(ALICE, List.of(ALICE.certificate())))),
                version))
        .isEqualTo("hello");
  }

  @ParameterizedTest
  @ValueSource(strings = {"TLSv1.3", "TLSv1.2"})
  void letsNobodyInByAnOldSession(String version) throws Exception {
    // One context of the client: it keeps its sessions, and offers them when it comes again.
    SSLContext client =
        javaTls(new OwnKey(new HostCertificate(ALICE, List.of(ALICE.certificate()))));
    assertThat(echo(client, version)).isEqualTo("hello");
    assertThat(handshake().isSuccess()).isTrue();
    serverAdmits.set(key -> false);

    assertThatExceptionOfType(IOException.class).isThrownBy(() -> echo(client, version));
    assertThat(KeyNotAdmittedException.causeOf(handshake().cause())).isPresent();
  }

  @Test
  void doesNotRenegotiate() throws Exception {
    SSLContext client =
        javaTls(new OwnKey(new HostCertificate(ALICE, List.of(ALICE.certificate()))));
    try (SSLSocket socket = connect(client, "TLSv1.2")) {
      assertThat(echo(socket)).isEqualTo("hello");
      socket.startHandshake();

      assertThatExceptionOfType(IOException.class).isThrownBy(() -> echo(socket));
    }
  }

  @Test
  void carriesHttp() {
    SslContext serverTls = Tls.server(BOB, BOB.certificate(), ALICE.publicKey()::equals);
    SslContext clientTls = Tls.client(ALICE, ALICE.certificate(), BOB.publicKey()::equals);
    DisposableServer http =
        HttpServer.create()
            .host("127.0.0.1")
            .port(0)
            .secure(spec -> spec.sslContext(serverTls))
            .handle((request, response) -> response.sendString(Mono.just("over TLS")))
            .bindNow(DEADLINE);
    try {
      // The name is in no certificate, and nobody minds.
      String answer =
          HttpClient.newConnection()
              .secure(spec -> spec.sslContext(clientTls))
              .get()
              .uri("https://localhost:" + http.port() + "/")
              .responseContent()
              .aggregate()
              .asString()
              .block(DEADLINE);
      assertThat(answer).isEqualTo("over TLS");
    } finally {
      http.disposeNow(DEADLINE);
    }
  }

  @Test
  void takesNoCertificateOfAnotherKey() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Tls.client(ALICE, BOB.certificate(), key -> true));
  }

  @Test
  void knowsNoKeyBeforeTheHandshake() {
    var engine = Tls.client(ALICE, ALICE.certificate(), key -> true);
    assertThatExceptionOfType(SSLException.class)
        .isThrownBy(
            () -> Tls.peerKey(engine.newEngine(UnpooledByteBufAllocator.DEFAULT).getSession()));
  }

  private @Nullable String echo(HostKey key, Predicate<PublicKey> admitted) {
    SslContext tls = Tls.client(key, key.certificate(), admitted);
    Connection connection =
        TcpClient.create()
            .host("127.0.0.1")
            .port(server().port())
            .secure(spec -> spec.sslContext(tls))
            .connectNow(DEADLINE);
    try {
      return connection
          .outbound()
          // Not of the pool: Netty may lose it when the other end refuses the key just now.
          .send(Mono.fromSupplier(() -> Unpooled.wrappedBuffer("hello".getBytes(US_ASCII))))
          .then()
          .thenMany(connection.inbound().receive().asString())
          .blockFirst(DEADLINE);
    } finally {
      connection.disposeNow(DEADLINE);
    }
  }

  private String echo(SSLContext tls, String version) throws IOException {
    try (SSLSocket socket = connect(tls, version)) {
      return echo(socket);
    }
  }

  private static String echo(SSLSocket socket) throws IOException {
    socket.getOutputStream().write("hello".getBytes(StandardCharsets.US_ASCII));
    byte[] answer = socket.getInputStream().readNBytes(5);
    if (answer.length < 5) {
      throw new IOException("closed by the server");
    }
    return new String(answer, StandardCharsets.US_ASCII);
  }

  private SSLSocket connect(SSLContext tls, String version) throws IOException {
    SSLSocket socket =
        (SSLSocket) tls.getSocketFactory().createSocket("127.0.0.1", server().port());
    socket.setEnabledProtocols(new String[] {version});
    socket.setSoTimeout((int) DEADLINE.toMillis());
    return socket;
  }

  private static SSLContext javaTls(KeyManager... keys) throws Exception {
    SSLContext tls = SSLContext.getInstance("TLS");
    tls.init(keys, new TrustManager[] {new PinnedTrust(BOB.publicKey()::equals)}, null);
    return tls;
  }

  private SslHandshakeCompletionEvent handshake() throws InterruptedException {
    SslHandshakeCompletionEvent event = serverHandshakes.poll(10, TimeUnit.SECONDS);
    assertThat(event).isNotNull();
    return event;
  }

  private DisposableServer server() {
    if (server == null) {
      throw new IllegalStateException("not started");
    }
    return server;
  }

  private final class Watcher extends ChannelInboundHandlerAdapter {
    @Override
    public void userEventTriggered(ChannelHandlerContext context, Object event) throws Exception {
      if (event instanceof SslHandshakeCompletionEvent handshake) {
        if (handshake.isSuccess()) {
          SslHandler handler = context.pipeline().get(SslHandler.class);
          clientKeys.add(Tls.peerKey(handler.engine().getSession()));
        }
        serverHandshakes.add(handshake);
      }
      super.userEventTriggered(context, event);
    }
  }
}
