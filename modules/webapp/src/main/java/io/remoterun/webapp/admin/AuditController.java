package io.remoterun.webapp.admin;

import io.remoterun.protocol.run.BadRequest;
import io.remoterun.webapp.api.Answers;
import io.remoterun.webapp.api.Envelope;
import io.remoterun.webapp.api.Parameters;
import io.remoterun.webapp.audit.AuditLog;
import io.remoterun.webapp.audit.ChainVerdict;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DataBufferFactory;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.server.reactive.ServerHttpResponse;
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
  private static final Pattern SEQUENCE = Pattern.compile("[1-9][0-9]{0,17}");
  private static final Pattern HASH = Pattern.compile("[0-9a-f]{64}");

  private final AuditLog audit;

  public AuditController(AuditLog audit) {
    this.audit = audit;
  }

  record Page(List<AuditJson> entries, long total, int page, int perPage) {}

  @GetMapping
  Mono<Void> list(ServerWebExchange exchange) {
    AskedEntries asked = AskedEntries.of(exchange);
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
    Parameters.of(exchange);
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
    Parameters asked = Parameters.of(exchange, "sequence", "hash");
    Optional<Long> sequence = asked.text("sequence").map(text -> sequence(text, asked));
    Optional<String> hash = asked.text("hash");
    if (hash.isPresent() && !HASH.matcher(hash.get()).matches()) {
      throw asked.invalid("hash", "64 digits, 0 to 9 and a to f");
    }
    if (sequence.isPresent() != hash.isPresent()) {
      throw new BadRequest("sequence and hash belong together");
    }
    Mono<ChainVerdict> verdict =
        sequence.isPresent() && hash.isPresent()
            ? audit.verify(sequence.get(), hash.get())
            : audit.verify();
    return verdict.flatMap(found -> answer(exchange, "verifyAudit", found));
  }

  private static long sequence(String text, Parameters asked) {
    if (!SEQUENCE.matcher(text).matches()) {
      throw asked.invalid("sequence", "the number of an entry");
    }
    return Long.parseLong(text);
  }

  private static Mono<Void> answer(ServerWebExchange exchange, String action, Object data) {
    return Answers.write(exchange, HttpStatus.OK, Envelope.success(action, data));
  }
}
