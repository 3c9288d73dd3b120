package io.remoterun.webapp.admin;

import io.remoterun.protocol.run.BadRequest;
import io.remoterun.protocol.run.RunId;
import io.remoterun.webapp.api.Parameters;
import io.remoterun.webapp.audit.AuditEntry;
import io.remoterun.webapp.audit.AuditFilter;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.springframework.web.server.ServerWebExchange;

/** Which entries of the audit log a query asks for. */
record AskedEntries(AuditFilter filter, int page, int perPage) {
  private static final int MOST_PER_PAGE = 1000;
  private static final int MOST_PAGES = 1_000_000;
  private static final Map<String, AuditEntry.Action> ACTIONS = words(AuditEntry.Action.values());
  private static final Map<String, AuditEntry.Decision> DECISIONS =
      words(AuditEntry.Decision.values());

  private static <E extends Enum<E>> Map<String, E> words(E[] values) {
    return Stream.of(values)
        .collect(
            Collectors.toMap(value -> value.name().toLowerCase(Locale.ROOT), Function.identity()));
  }

  /**
   * @throws BadRequest when one of the values makes no sense
   */
  static AskedEntries of(ServerWebExchange exchange) {
    Parameters asked =
        Parameters.of(
            exchange, "who", "action", "decision", "run", "since", "until", "page", "perPage");
    return new AskedEntries(
        new AuditFilter(
            asked.text("who"),
            asked.word("action", ACTIONS),
            asked.word("decision", DECISIONS),
            asked.text("run").map(RunId::parse).map(RunId::toString),
            asked.time("since"),
            asked.time("until")),
        asked.number("page", 1, 1, MOST_PAGES),
        asked.number("perPage", 50, 1, MOST_PER_PAGE));
  }

  int offset() {
    return (page - 1) * perPage;
  }
}
