package io.remoterun.webapp.api;

import io.remoterun.operations.followers.Followers;
import java.time.Duration;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.HttpStatusCode;
import org.springframework.http.MediaType;
import org.springframework.http.server.reactive.ServerHttpResponse;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.publisher.Mono;
import tools.jackson.databind.ObjectWriter;

/** Writes envelopes, indented where {@code ?prettify=true} asks for it. */
public final class Answers {
  private static final ObjectWriter COMPACT = Json.MAPPER.writer();
  private static final ObjectWriter PRETTY = COMPACT.withDefaultPrettyPrinter();

  private Answers() {}

  public static Mono<Void> error(ServerWebExchange exchange, HttpStatusCode status, String what) {
    return write(exchange, status, Envelope.error(Action.of(exchange), what));
  }

  /** 429, and when to ask again. */
  public static Mono<Void> tooMany(ServerWebExchange exchange, String what, Duration wait) {
    String seconds = Long.toString(Math.max(1, wait.toSeconds()));
    exchange.getResponse().getHeaders().set(HttpHeaders.RETRY_AFTER, seconds);
    return error(exchange, HttpStatus.TOO_MANY_REQUESTS, what);
  }

  /** 503, and when to ask again. */
  static Mono<Void> notNow(ServerWebExchange exchange, String what) {
    exchange.getResponse().getHeaders().set(HttpHeaders.RETRY_AFTER, Followers.RETRY_AFTER);
    return error(exchange, HttpStatus.SERVICE_UNAVAILABLE, what);
  }

  public static Mono<Void> write(
      ServerWebExchange exchange, HttpStatusCode status, Envelope envelope) {
    ServerHttpResponse response = exchange.getResponse();
    response.setStatusCode(status);
    response.getHeaders().setContentType(MediaType.APPLICATION_JSON);
    return response.writeWith(Mono.fromSupplier(() -> encode(exchange, envelope)));
  }

  private static DataBuffer encode(ServerWebExchange exchange, Envelope envelope) {
    boolean pretty = "true".equals(exchange.getRequest().getQueryParams().getFirst("prettify"));
    byte[] json = (pretty ? PRETTY : COMPACT).writeValueAsBytes(envelope);
    return exchange.getResponse().bufferFactory().wrap(json);
  }
}
