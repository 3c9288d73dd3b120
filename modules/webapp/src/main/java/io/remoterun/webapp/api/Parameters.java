package io.remoterun.webapp.api;

import io.remoterun.protocol.run.BadRequest;
import io.remoterun.protocol.run.Printable;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.springframework.util.MultiValueMap;
import org.springframework.web.server.ServerWebExchange;

/**
 * The parameters in a query, read strictly: one that is misspelt or given twice is an error,
 * because a list with half a filter is a wrong list.
 */
public final class Parameters {
  private static final char REPLACEMENT = '\ufffd';
  private static final int MOST_CHARACTERS = 1024;
  private static final Instant LATEST = Instant.parse("9999-12-31T23:59:59Z");
  private static final String PRETTIFY = "prettify";

  private final MultiValueMap<String, String> given;

  private Parameters(MultiValueMap<String, String> given) {
    this.given = given;
  }

  /**
   * @throws BadRequest when there is another one, one twice, or one that cannot be meant
   */
  public static Parameters of(ServerWebExchange exchange, String... known) {
    MultiValueMap<String, String> given = exchange.getRequest().getQueryParams();
    Set<String> names = Set.of(known);
    given.forEach((name, values) -> check(name, values, names));
    Parameters parameters = new Parameters(given);
    parameters.flag(PRETTIFY, false);
    return parameters;
  }

  private static void check(String name, List<String> values, Set<String> known) {
    if (!known.contains(name) && !name.equals(PRETTIFY)) {
      throw new BadRequest("unknown parameter: " + Printable.of(name));
    }
    if (values.size() != 1) {
      throw new BadRequest("the parameter " + name + " is given twice");
    }
    String value = values.getFirst();
    if (value != null && value.length() > MOST_CHARACTERS) {
      throw new BadRequest("the parameter " + name + " is too long");
    }
    // PostgreSQL has no texts with a NUL; what was no UTF-8 has become a replacement.
    if (value != null
        && value.chars().anyMatch(c -> Character.isISOControl(c) || c == REPLACEMENT)) {
      throw new BadRequest(
          "the parameter " + name + " has a control character, or one that is no UTF-8");
    }
  }

  /** Empty when it is not there, or says nothing. */
  public Optional<String> text(String name) {
    return Optional.ofNullable(given.getFirst(name)).filter(text -> !text.isEmpty());
  }

  public int number(String name, int otherwise, int least, int most) {
    Optional<String> text = text(name);
    if (text.isEmpty()) {
      return otherwise;
    }
    int number = text.get().matches("[0-9]{1,9}") ? Integer.parseInt(text.get()) : -1;
    if (number < least || number > most) {
      throw invalid(name, least + " to " + most);
    }
    return number;
  }

  public boolean flag(String name, boolean otherwise) {
    return word(name, Map.of("true", true, "false", false)).orElse(otherwise);
  }

  /** What one of a few words stands for. */
  public <T> Optional<T> word(String name, Map<String, T> words) {
    Optional<String> text = text(name);
    if (text.isPresent() && !words.containsKey(text.get())) {
      throw invalid(name, "one of " + String.join(", ", words.keySet().stream().sorted().toList()));
    }
    return text.flatMap(word -> Optional.ofNullable(words.get(word)));
  }

  public Optional<Instant> time(String name) {
    try {
      return text(name).map(Parameters::instant);
    } catch (DateTimeException e) {
      throw invalid(name, "like 2026-01-31T12:00:00Z");
    }
  }

  /**
   * A time with its zone, that databases have as well.
   *
   * @throws DateTimeException when it is none
   */
  public static Instant instant(String text) {
    Instant time = OffsetDateTime.parse(text).toInstant();
    if (time.isBefore(Instant.EPOCH) || time.isAfter(LATEST)) {
      throw new DateTimeException("too long ago, or too far away");
    }
    return time;
  }

  public BadRequest invalid(String name, String expected) {
    return new BadRequest(
        "invalid " + name + ": " + Printable.of(text(name).orElse("")) + ", should be " + expected);
  }
}
