package io.remoterun.webapp.admin;

import io.remoterun.protocol.run.BadRequest;
import io.remoterun.protocol.run.Printable;
import io.remoterun.webapp.audit.AuditEntry;
import io.remoterun.webapp.audit.AuditFilter;
import java.time.Instant;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Function;
import org.springframework.util.MultiValueMap;

/** Which entries of the audit log a query asks for. */
record AskedEntries(AuditFilter filter, int page, int perPage) {
  private static final int MOST_PER_PAGE = 1000;
  private static final int MOST_PAGES = 1_000_000;

  /**
   * @throws BadRequest when one of the values makes no sense
   */
  static AskedEntries of(MultiValueMap<String, String> query) {
    return new AskedEntries(
        new AuditFilter(
            value(query, "who", text -> text),
            value(query, "action", text -> AuditEntry.Action.valueOf(upper(text))),
            value(query, "decision", text -> AuditEntry.Decision.valueOf(upper(text))),
            value(query, "run", text -> text),
            value(query, "since", Instant::parse),
            value(query, "until", Instant::parse)),
        number(query, "page", 1, MOST_PAGES),
        number(query, "perPage", 50, MOST_PER_PAGE));
  }

  int offset() {
    return (page - 1) * perPage;
  }

  static int number(MultiValueMap<String, String> query, String key, int otherwise, int most) {
    return value(query, key, Integer::valueOf)
        .map(number -> within(key, number, most))
        .orElse(otherwise);
  }

  private static int within(String key, int number, int most) {
    if (number < 1 || number > most) {
      throw new BadRequest(key + " should be 1 to " + most);
    }
    return number;
  }

  static <T> Optional<T> value(
      MultiValueMap<String, String> query, String key, Function<String, T> parse) {
    String text = query.getFirst(key);
    if (text == null || text.isEmpty()) {
      return Optional.empty();
    }
    try {
      return Optional.of(parse.apply(text));
    } catch (IllegalArgumentException | java.time.DateTimeException e) {
      throw new BadRequest("what should " + key + "=" + Printable.of(text) + " be?");
    }
  }

  private static String upper(String text) {
    return text.toUpperCase(Locale.ROOT);
  }
}
