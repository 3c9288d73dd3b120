package io.remoterun.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import io.remoterun.protocol.keys.HostKey;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;

/** Answers as a webapp does, with what it is told to. */
final class AnsweringWebapp implements AutoCloseable {
  static final String TOKEN = "token-of-the-test";

  private record Answer(int status, String body) {}

  private final HttpServer server;
  private final String scheme;
  private final Map<String, Answer> answers = new ConcurrentHashMap<>();
  private final AtomicInteger atOnce = new AtomicInteger();
  private final AtomicInteger mostAtOnce = new AtomicInteger();
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();

  private AnsweringWebapp(HttpServer server, String scheme) {
    this.server = server;
    this.scheme = scheme;
    server.setExecutor(threads);
    server.createContext("/", this::answer);
    server.start();
  }

  private static InetSocketAddress anyPort() {
    return new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), 0);
  }

  static AnsweringWebapp http() throws IOException {
    return new AnsweringWebapp(HttpServer.create(anyPort(), 0), "http");
  }

  static AnsweringWebapp https(HostKey key) throws Exception {
    KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
    store.load(null, null);
    store.setKeyEntry("key", key.privateKey(), new char[0], new Certificate[] {key.certificate()});
    KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    keys.init(store, new char[0]);
    SSLContext tls = SSLContext.getInstance("TLS");
    tls.init(keys.getKeyManagers(), null, null);
    HttpsServer server = HttpsServer.create(anyPort(), 0);
    server.setHttpsConfigurator(new HttpsConfigurator(tls));
    return new AnsweringWebapp(server, "https");
  }

  String url() {
    return scheme + "://127.0.0.1:" + server.getAddress().getPort();
  }

  /**
   * @param path from the root on, or below the API
   */
  AnsweringWebapp says(String path, int status, String body) {
    String whole = path.startsWith("/") ? path : "/rudder/api/latest/" + path;
    answers.put(whole, new Answer(status, body));
    return this;
  }

  AnsweringWebapp says(String path, String data) {
    return says(path, 200, "{\"result\":\"success\",\"data\":" + data + "}");
  }

  int mostAtOnce() {
    return mostAtOnce.get();
  }

  private void answer(HttpExchange exchange) throws IOException {
    mostAtOnce.accumulateAndGet(atOnce.incrementAndGet(), Math::max);
    try (exchange) {
      String path = exchange.getRequestURI().getPath();
      exchange.getRequestBody().readAllBytes();
      boolean isKnown =
          TOKEN.equals(exchange.getRequestHeaders().getFirst("X-API-Token"))
              || path.startsWith("/health/");
      Answer none = new Answer(404, "{\"result\":\"error\",\"errorDetails\":\"no such path\"}");
      Answer answer = isKnown ? answers.getOrDefault(path, none) : new Answer(401, "{}");
      byte[] bytes = answer.body().getBytes(UTF_8);
      atOnce.decrementAndGet();
      exchange.sendResponseHeaders(answer.status(), bytes.length);
      exchange.getResponseBody().write(bytes);
    }
  }

  @Override
  public void close() {
    server.stop(0);
    threads.shutdownNow();
  }
}
