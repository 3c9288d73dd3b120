package io.remoterun.e2e;

import io.netty.handler.codec.http.HttpResponseStatus;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Objects;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Mono;
import reactor.netty.DisposableServer;
import reactor.netty.http.client.HttpClient;
import reactor.netty.http.server.HttpServer;
import reactor.netty.http.server.HttpServerRequest;
import reactor.netty.http.server.HttpServerResponse;

/**
 * A server as there is one in front of the webapp: it has the webapp below a path, and files of its
 * own, which are of the same origin therefore.
 */
final class FrontEnd implements AutoCloseable {
  private final String path;
  private final HttpClient webapp;
  private final Map<String, File> files = new ConcurrentHashMap<>();
  private final Queue<String> asked = new ConcurrentLinkedQueue<>();
  private final DisposableServer server =
      HttpServer.create().host("127.0.0.1").port(0).handle(this::answer).bindNow();

  private record File(String type, String text) {}

  private FrontEnd(InetSocketAddress webapp, String path) {
    this.path = path;
    this.webapp = HttpClient.newConnection().remoteAddress(() -> webapp);
  }

  /**
   * @param path such as {@code /tools}, or nothing
   */
  static FrontEnd of(InetSocketAddress webapp, String path) {
    return new FrontEnd(webapp, path);
  }

  /**
   * @param resource beside this class
   */
  FrontEnd with(String path, String type, String resource) {
    try (InputStream file = FrontEnd.class.getResourceAsStream(resource)) {
      byte[] bytes = Objects.requireNonNull(file).readAllBytes();
      files.put(path, new File(type, new String(bytes, StandardCharsets.UTF_8)));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return this;
  }

  /** Where the webapp is. */
  String url() {
    InetSocketAddress address = (InetSocketAddress) server.address();
    return "http://127.0.0.1:" + address.getPort() + path;
  }

  /** Whether a file of its own was asked for; the next question is about what comes after this. */
  boolean wasAskedFor(String file) {
    return asked.remove(file);
  }

  private Publisher<Void> answer(HttpServerRequest request, HttpServerResponse response) {
    File file = files.get(request.fullPath());
    if (file != null) {
      asked.add(request.fullPath());
      return response.header("Content-Type", file.type()).sendString(Mono.just(file.text()));
    }
    if (!request.uri().startsWith(path + "/")) {
      return response.status(HttpResponseStatus.NOT_FOUND).send();
    }
    return webapp
        .headers(headers -> headers.set(request.requestHeaders()))
        .request(request.method())
        .uri(request.uri().substring(path.length()))
        .send(request.receive().retain())
        .response(
            (there, body) -> {
              response.status(there.status()).headers(there.responseHeaders());
              String location = there.responseHeaders().get("Location");
              if (location != null) {
                response.header("Location", path + location);
              }
              return response.send(body.retain(), bytes -> true).then();
            });
  }

  @Override
  public void close() {
    server.disposeNow();
  }
}
