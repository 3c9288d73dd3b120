package io.remoterun.webapp.operations;

import io.remoterun.operations.health.Health;
import io.remoterun.operations.health.Report;
import java.util.Map;
import org.springframework.http.HttpStatusCode;
import org.springframework.http.MediaType;
import org.springframework.http.server.reactive.ServerHttpResponse;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.publisher.Mono;

/** One word for anybody: who starts this program, and who spreads requests over several. */
@RestController
public final class HealthController {
  private final Health health;

  public HealthController(Health health) {
    this.health = health;
  }

  /** With more words, for who may see them. */
  public Health health() {
    return health;
  }

  /** Who answers at all is alive. */
  @GetMapping("/health/live")
  Mono<Void> live(ServerWebExchange exchange) {
    return write(exchange, new Report(true, Map.of()));
  }

  @GetMapping("/health/ready")
  Mono<Void> ready(ServerWebExchange exchange) {
    return health.readiness().flatMap(report -> write(exchange, report));
  }

  private static Mono<Void> write(ServerWebExchange exchange, Report report) {
    ServerHttpResponse response = exchange.getResponse();
    response.setStatusCode(HttpStatusCode.valueOf(report.httpStatus()));
    response.getHeaders().setContentType(MediaType.APPLICATION_JSON);
    return response.writeWith(Mono.just(response.bufferFactory().wrap(report.brief())));
  }
}
