package io.remoterun.operations.health;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeoutException;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * Looks at the parts of a role, at all of them at a time and not more often than every few seconds,
 * however many ask: strangers may ask as well. Thread-safe; nothing here blocks.
 *
 * <p>Liveness needs no look: who answers at all is alive, and a role whose database or relay is
 * away does not get better by being started again.
 */
public final class Health {
  private static final Duration KEPT = Duration.ofSeconds(5);
  private static final Duration LONGEST = Duration.ofSeconds(5);

  private final List<Part> parts;
  private final Mono<Report> needed;
  private final Mono<Report> all;

  public Health(List<Part> parts) {
    this(parts, KEPT, LONGEST);
  }

  /**
   * @param kept how long a report counts
   * @param longest how long a look at a part may take
   */
  Health(List<Part> parts, Duration kept, Duration longest) {
    this.parts = List.copyOf(parts);
    List<Part> those = parts.stream().filter(Part::isNeeded).toList();
    this.needed = look(those, longest).cache(kept);
    this.all = look(this.parts, longest).cache(kept);
  }

  /** Whether it can do its work: only what is needed for that. */
  public Mono<Report> readiness() {
    return needed;
  }

  /** The same, and how all parts are. */
  public Mono<Report> details() {
    return all;
  }

  private static Mono<Report> look(List<Part> parts, Duration longest) {
    return Flux.fromIterable(parts)
        .flatMapSequential(part -> look(part, longest), Math.max(1, parts.size()))
        .collectList()
        .map(findings -> report(parts, findings));
  }

  private static Mono<Finding> look(Part part, Duration longest) {
    return Mono.defer(part::look)
        .timeout(longest)
        .onErrorResume(
            TimeoutException.class,
            late -> Mono.just(Finding.down("no answer in " + longest.toSeconds() + " s")))
        .onErrorResume(error -> Mono.just(Finding.down(String.valueOf(error.getMessage()))))
        .defaultIfEmpty(Finding.up());
  }

  private static Report report(List<Part> parts, List<Finding> findings) {
    Map<String, Finding> byName = new LinkedHashMap<>();
    boolean isUp = true;
    for (int i = 0; i < parts.size(); i++) {
      byName.put(parts.get(i).name(), findings.get(i));
      isUp &= findings.get(i).isUp() || !parts.get(i).isNeeded();
    }
    return new Report(isUp, byName);
  }
}
