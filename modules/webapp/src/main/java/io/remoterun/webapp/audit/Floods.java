package io.remoterun.webapp.audit;

import io.remoterun.webapp.runs.Caller;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import reactor.core.Disposable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;

/**
 * Writes down refusals that may come as fast as somebody likes, without filling the audit log: of
 * each caller the first one at once, and then, as long as there are more, one entry a minute that
 * tells their number. Of more than {@value #MOST_CALLERS} callers at once the others count as one:
 * the first of them is written, and then the number. Thread-safe; nothing here blocks but {@link
 * #close}.
 */
public final class Floods implements AutoCloseable {
  static final int MOST_CALLERS = 100;
  static final Duration EVERY = Duration.ofMinutes(1);

  private static final String OTHERS = "others";
  private static final Duration LAST_WORDS = Duration.ofSeconds(5);

  private final Audit audit;
  private final Scheduler timer;
  private final Map<String, Flood> floods = new HashMap<>();

  /**
   * @param timer for the minutes
   */
  public Floods(Audit audit, Scheduler timer) {
    this.audit = audit;
    this.timer = timer;
  }

  private static final class Flood {
    private final AuditEntry first;
    private final Disposable minutes;
    private long more;

    Flood(AuditEntry first, Disposable minutes) {
      this.first = first;
      this.minutes = minutes;
    }

    private AuditEntry takeMore() {
      String details = first.details() + ", and " + more + " times more since the entry before";
      more = 0;
      return AuditEntry.refused(first.by(), first.action(), details);
    }
  }

  /**
   * Completes when it is written or counted, and also when that is not possible: it is refused all
   * the same, and why it cannot be written is logged.
   *
   * @param caller with the kind of the refusal
   */
  public Mono<Void> write(String caller, AuditEntry refusal) {
    return Mono.defer(() -> isFirst(caller, refusal) ? audit.write(refusal) : Mono.empty())
        .onErrorComplete();
  }

  private synchronized boolean isFirst(String caller, AuditEntry refusal) {
    Flood known = floods.get(caller);
    if (known != null) {
      known.more++;
      return false;
    }
    if (floods.size() >= MOST_CALLERS && !caller.equals(OTHERS)) {
      return isFirst(OTHERS, others(refusal));
    }
    long millis = EVERY.toMillis();
    Disposable minutes =
        timer.schedulePeriodically(() -> tell(caller), millis, millis, TimeUnit.MILLISECONDS);
    floods.put(caller, new Flood(refusal, minutes));
    return true;
  }

  private static AuditEntry others(AuditEntry refusal) {
    return AuditEntry.refused(
        new Caller("others", "more addresses than are told apart"),
        refusal.action(),
        refusal.details());
  }

  private void tell(String caller) {
    AuditEntry entry;
    synchronized (this) {
      Flood flood = floods.get(caller);
      if (flood == null) {
        return;
      }
      if (flood.more == 0) {
        floods.remove(caller);
        flood.minutes.dispose();
        return;
      }
      entry = flood.takeMore();
    }
    audit.write(entry).onErrorComplete().subscribe();
  }

  /** Writes what is counted and not told; waits for it, but not long. */
  @Override
  public void close() {
    List<AuditEntry> untold;
    synchronized (this) {
      floods.values().forEach(flood -> flood.minutes.dispose());
      untold =
          floods.values().stream().filter(flood -> flood.more > 0).map(Flood::takeMore).toList();
      floods.clear();
    }
    Flux.fromIterable(untold)
        .concatMap(entry -> audit.write(entry).onErrorComplete())
        .then()
        .timeout(LAST_WORDS)
        .onErrorComplete()
        .block();
  }
}
