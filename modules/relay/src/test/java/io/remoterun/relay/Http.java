package io.remoterun.relay;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

/** Posts forms, as a client does that knows nothing of events. */
final class Http implements AutoCloseable {
  private final HttpClient client = HttpClient.newHttpClient();

  HttpResponse<String> post(URI base, String path, String form)
      throws IOException, InterruptedException {
    return post(base, path, form, Map.of());
  }

  HttpResponse<String> post(URI base, String path, String form, Map<String, String> headers)
      throws IOException, InterruptedException {
    return send(request(base, path, form, headers));
  }

  CompletableFuture<HttpResponse<String>> postAsync(URI base, String path, String form) {
    return client.sendAsync(
        request(base, path, form, Map.of()), HttpResponse.BodyHandlers.ofString());
  }

  private static HttpRequest request(
      URI base, String path, String form, Map<String, String> headers) {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create(base + path))
            .header("Content-Type", "application/x-www-form-urlencoded")
            .POST(HttpRequest.BodyPublishers.ofString(form));
    headers.forEach(request::setHeader);
    return request.build();
  }

  HttpResponse<String> get(URI url) throws IOException, InterruptedException {
    return send(HttpRequest.newBuilder(url).build());
  }

  HttpResponse<String> send(HttpRequest request) throws IOException, InterruptedException {
    return client.send(request, HttpResponse.BodyHandlers.ofString());
  }

  /** The whole answer to what is written as it is, which should ask for the connection to close. */
  static String raw(URI base, String request) throws IOException {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), base.getPort())) {
      socket.getOutputStream().write(request.getBytes(StandardCharsets.UTF_8));
      return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  @Override
  public void close() {
    client.shutdownNow();
    client.close();
  }
}
