package io.remoterun.relay.api;

import io.remoterun.operations.health.Health;
import io.remoterun.operations.health.Report;
import io.remoterun.protocol.BuildVersion;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.springframework.http.MediaType;
import org.springframework.web.reactive.function.server.RouterFunctions;
import org.springframework.web.reactive.function.server.ServerRequest;
import org.springframework.web.reactive.function.server.ServerResponse;
import reactor.core.publisher.Mono;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * The system part of Rudder's relay API, and the metrics. Who may ask for runs may ask for these:
 * they tell no node's id, but how large the fleet is and how it fares.
 */
public final class SystemController {
  private static final JsonMapper JSON = JsonMapper.shared();
  private static final MediaType METRICS =
      MediaType.parseMediaType("text/plain;version=0.0.4;charset=utf-8");

  private final Reload reload;
  private final Supplier<byte[]> metrics;
  private final Health health;
  private final Logger log;

  /**
   * @param metrics in Prometheus's text format
   */
  public SystemController(Reload reload, Supplier<byte[]> metrics, Health health, Logger log) {
    this.reload = reload;
    this.metrics = metrics;
    this.health = health;
    this.log = log;
  }

  void routes(RouterFunctions.Builder api) {
    api.GET("/system/info", request -> info())
        .GET("/system/status", request -> status())
        .GET("/system/health", request -> health())
        .POST("/system/reload", this::reload);
  }

  Mono<ServerResponse> metrics(ServerRequest request) {
    return ServerResponse.ok().contentType(METRICS).bodyValue(metrics.get());
  }

  /** Who answers at all is alive. */
  Mono<ServerResponse> live(ServerRequest request) {
    return json(200, new Report(true, Map.of()).brief());
  }

  Mono<ServerResponse> ready(ServerRequest request) {
    return health.readiness().flatMap(report -> json(report.httpStatus(), report.brief()));
  }

  private Mono<ServerResponse> health() {
    return health
        .details()
        .flatMap(
            report ->
                answer(report.httpStatus(), envelope(report.details(), "success", "getHealth")));
  }

  private static Mono<ServerResponse> info() {
    ObjectNode data = JSON.createObjectNode();
    data.put("major-version", BuildVersion.major()).put("full-version", BuildVersion.full());
    return answer(200, envelope(data, "success", "getSystemInfo"));
  }

  private Mono<ServerResponse> status() {
    ObjectNode configuration = JSON.createObjectNode();
    configuration.put("status", reload.failure().isEmpty() ? "success" : "error");
    reload.failure().ifPresent(reason -> configuration.put("details", reason));
    ObjectNode data = JSON.createObjectNode().set("configuration", configuration);
    return answer(200, envelope(data, "success", "getStatus"));
  }

  private Mono<ServerResponse> reload(ServerRequest request) {
    log.info("{} asks for a reload", Peer.of(request));
    String action = "reloadConfiguration";
    return reload
        .reload()
        .then(Mono.defer(() -> answer(200, envelope(null, "success", action))))
        .onErrorResume(
            error ->
                answer(
                    500,
                    envelope(null, "error", action)
                        .put("errorDetails", String.valueOf(error.getMessage()))));
  }

  private static ObjectNode envelope(@Nullable ObjectNode data, String result, String action) {
    ObjectNode envelope = JSON.createObjectNode();
    if (data != null) {
      envelope.set("data", data);
    }
    return envelope.put("result", result).put("action", action);
  }

  private static Mono<ServerResponse> answer(int status, ObjectNode body) {
    return json(status, JSON.writeValueAsBytes(body));
  }

  private static Mono<ServerResponse> json(int status, byte[] body) {
    return ServerResponse.status(status).contentType(MediaType.APPLICATION_JSON).bodyValue(body);
  }
}
