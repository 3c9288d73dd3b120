package io.remoterun.webapp.admin;

import io.remoterun.protocol.run.BadRequest;
import io.remoterun.webapp.api.Answers;
import io.remoterun.webapp.api.Envelope;
import io.remoterun.webapp.audit.AuditLog;
import io.remoterun.webapp.audit.ChainVerdict;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DataBufferFactory;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.server.reactive.ServerHttpResponse;
import org.springframework.util.MultiValueMap;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.publisher.Mono;
import tools.jackson.databind.json.JsonMapper;

/** The audit log, for administrators: to look at, to take away, and to check. */
@RestController
@RequestMapping({
  "/rudder/api/remote-run-audit",
  "/rudder/api/{version:latest|[0-9]+}/remote-run-audit",
  "/rudder/secure/api/remote-run-audit"
})
public final class AuditController {
  private final AuditLog audit;

  public AuditController(AuditLog audit) {
    this.audit = audit;
  }

  record Page(List<AuditJson> entries, long total, int page, int perPage) {}

  @GetMapping
  Mono<Void> list(ServerWebExchange exchange) {
    AskedEntries asked = AskedEntries.of(exchange.getRequest().getQueryParams());
    return audit
        .list(asked.filter(), asked.offset(), asked.perPage())
        .map(
            found ->
                new Page(
                    found.entries().stream().map(AuditJson::of).toList(),
                    found.total(),
                    asked.page(),
                    asked.perPage()))
        .flatMap(page -> answer(exchange, "listAudit", page));
  }

  /** All of it, the oldest first, one JSON object a line. */
  @GetMapping("/export")
  Mono<Void> export(ServerWebExchange exchange) {
    ServerHttpResponse response = exchange.getResponse();
    response.getHeaders().setContentType(MediaType.APPLICATION_NDJSON);
    DataBufferFactory buffers = response.bufferFactory();
    return response.writeWith(audit.all().map(AuditJson::of).map(entry -> line(entry, buffers)));
  }

  private static DataBuffer line(AuditJson entry, DataBufferFactory buffers) {
    byte[] json = JsonMapper.shared().writeValueAsBytes(entry);
    byte[] line = Arrays.copyOf(json, json.length + 1);
    line[json.length] = '\n';
    return buffers.wrap(line);
  }

  /** With a sequence and a hash that were noted elsewhere it also finds what was cut off. */
  @GetMapping("/verify")
  Mono<Void> verify(ServerWebExchange exchange) {
    MultiValueMap<String, String> query = exchange.getRequest().getQueryParams();
    Optional<Long> sequence = AskedEntries.value(query, "sequence", Long::valueOf);
    Optional<String> hash = AskedEntries.value(query, "hash", text -> text);
    if (sequence.isPresent() != hash.isPresent()) {
      throw new BadRequest("sequence and hash belong together");
    }
    Mono<ChainVerdict> verdict =
        sequence.isPresent() && hash.isPresent()
            ? audit.verify(sequence.get(), hash.get())
            : audit.verify();
    return verdict.flatMap(found -> answer(exchange, "verifyAudit", found));
  }

  private static Mono<Void> answer(ServerWebExchange exchange, String action, Object data) {
    return Answers.write(exchange, HttpStatus.OK, Envelope.success(action, data));
  }
}
