package io.remoterun.webapp.operations;

import io.remoterun.operations.health.Health;
import io.remoterun.operations.metrics.Metrics;
import io.remoterun.webapp.api.Answers;
import io.remoterun.webapp.api.Envelope;
import io.remoterun.webapp.api.Parameters;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.http.HttpStatus;
import org.springframework.http.HttpStatusCode;
import org.springframework.http.MediaType;
import org.springframework.http.server.reactive.ServerHttpResponse;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.publisher.Mono;

/** How the webapp is, for monitoring. */
@RestController
@RequestMapping({
  "/rudder/api",
  "/rudder/api/{version:latest|[0-9]+}",
  "/rudder/secure/api",
})
public final class StatusController {
  private static final MediaType METRICS = MediaType.parseMediaType(Metrics.MEDIA_TYPE);

  private final WebappMetrics metrics;
  private final Health health;

  public StatusController(WebappMetrics metrics, Health health) {
    this.metrics = metrics;
    this.health = health;
  }

  @GetMapping("/remote-run-health")
  Mono<Void> health(ServerWebExchange exchange) {
    Parameters.of(exchange);
    return health
        .details()
        .flatMap(
            report ->
                Answers.write(
                    exchange,
                    HttpStatusCode.valueOf(report.httpStatus()),
                    Envelope.success("getHealth", report.details())));
  }

  @GetMapping("/remote-run-metrics")
  Mono<Void> metrics(ServerWebExchange exchange) {
    Parameters.of(exchange);
    ServerHttpResponse response = exchange.getResponse();
    response.setStatusCode(HttpStatus.OK);
    response.getHeaders().setContentType(METRICS);
    Mono<DataBuffer> text = Mono.fromSupplier(() -> response.bufferFactory().wrap(metrics.text()));
    return response.writeWith(text);
  }
}
