package io.remoterun.webapp.api;

import io.remoterun.protocol.run.RunEvent;
import org.springframework.http.server.reactive.ServerHttpResponse;
import org.springframework.http.server.reactive.ServerHttpResponseDecorator;
import reactor.netty.http.server.HttpServerResponse;

/** How the run of one node ended, for the trailer {@code X-Run-Outcome}. */
final class Outcome {
  private static final String TRAILER = "X-Run-Outcome";

  private volatile String text = "";

  private Outcome() {}

  /** Promises the trailer. To be called before the body begins. */
  static Outcome announce(ServerHttpResponse response) {
    Outcome outcome = new Outcome();
    HttpServerResponse netty = ServerHttpResponseDecorator.getNativeResponse(response);
    response.getHeaders().set("Trailer", TRAILER);
    netty.trailerHeaders(trailers -> trailers.set(TRAILER, outcome.text));
    return outcome;
  }

  void see(RunEvent event) {
    switch (event) {
      case RunEvent.Finished finished -> text = finished.status().toString();
      case RunEvent.Failed failed -> text = ascii("failed: " + failed.failure());
      default -> {}
    }
  }

  private static String ascii(String text) {
    return text.replaceAll("[^\\x20-\\x7e]", "?");
  }
}
