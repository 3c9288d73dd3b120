package io.remoterun.webapp;

import java.io.IOException;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;

/** HTTP as bytes, for what an HTTP client hides or would never send. */
final class RawHttp {
  private RawHttp() {}

  interface Step {
    void run() throws Exception;
  }

  /** Sends the request, takes the step, and reads until the server closes the connection. */
  static String exchange(URI server, String request, Step then) throws Exception {
    try (Socket socket = new Socket(server.getHost(), server.getPort())) {
      socket.setSoTimeout(10_000);
      socket.getOutputStream().write(request.getBytes(StandardCharsets.ISO_8859_1));
      then.run();
      return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  static String exchange(URI server, String request) throws IOException {
    try {
      return exchange(server, request, () -> {});
    } catch (IOException e) {
      throw e;
    } catch (Exception e) {
      throw new AssertionError(e);
    }
  }
}
