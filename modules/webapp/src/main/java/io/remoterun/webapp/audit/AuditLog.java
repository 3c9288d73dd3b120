package io.remoterun.webapp.audit;

import io.remoterun.webapp.runs.Caller;
import io.remoterun.webapp.store.Database;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.LongAdder;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * The audit log in the database: entries are appended, and each has the hash of the one before it.
 * Several webapps append to one chain, one after the other. Thread-safe; nothing here blocks.
 *
 * <p>Who can write to the database as it likes can also write the whole chain anew. So the last
 * hash is told to the program's log now and then, which is kept elsewhere: {@link #verify} holds
 * the chain against one that is given.
 */
public final class AuditLog implements Audit {
  private static final Logger log = LoggerFactory.getLogger("remote-run.audit");
  private static final int ENTRIES_AT_ONCE = 1000;
  private static final int HEAD_IS_LOGGED_EVERY = 100;

  private final Database database;
  private final InstantSource clock;
  private final LongAdder failures = new LongAdder();

  public AuditLog(Database database, InstantSource clock) {
    this.database = database;
    this.clock = clock;
  }

  @Override
  public Mono<Void> write(AuditEntry entry) {
    return database
        .call(
            jdbc -> {
              AuditRows.Head head = AuditRows.lockedHead(jdbc);
              ChainedEntry chained =
                  ChainedEntry.after(head.sequence(), head.hash(), clock.instant(), entry);
              AuditRows.append(jdbc, chained);
              return chained;
            })
        .doOnNext(AuditLog::tell)
        .doOnError(this::failed)
        .onErrorMap(AuditUnavailable::new)
        .then();
  }

  private void failed(Throwable error) {
    failures.increment();
    log.error("the audit log cannot be written: {}", error.toString());
  }

  /** Fails when an entry could not be written now; leaves none. */
  public Mono<Void> tryOut() {
    AuditEntry entry =
        AuditEntry.allowed(new Caller("health", "here"), AuditEntry.Action.TRIGGER, "tried out");
    return database
        .run(
            jdbc -> {
              AuditRows.Head head = AuditRows.lockedHead(jdbc);
              AuditRows.append(
                  jdbc, ChainedEntry.after(head.sequence(), head.hash(), clock.instant(), entry));
              throw new TakenBack();
            })
        .onErrorComplete(TakenBack.class);
  }

  /** Undoes what was tried. */
  private static final class TakenBack extends RuntimeException {
    TakenBack() {
      super("tried out", null, false, false);
    }
  }

  /** How many entries could not be written, and what they were about was not done. */
  public long failures() {
    return failures.sum();
  }

  private static void tell(ChainedEntry written) {
    if (written.sequence() % HEAD_IS_LOGGED_EVERY == 1) {
      log.info("audit entry {} has hash {}", written.sequence(), written.hash());
    }
  }

  /**
   * @param total how many there are on all pages
   */
  public record Page(List<ChainedEntry> entries, long total) {}

  /** The newest first. */
  public Mono<Page> list(AuditFilter filter, int offset, int limit) {
    return database.call(
        jdbc ->
            new Page(AuditRows.page(jdbc, filter, offset, limit), AuditRows.count(jdbc, filter)));
  }

  /** All, the oldest first; as fast as they are read. */
  public Flux<ChainedEntry> all() {
    return after(0)
        .expand(
            page -> page.size() < ENTRIES_AT_ONCE ? Mono.empty() : after(page.getLast().sequence()))
        .concatMapIterable(page -> page);
  }

  private Mono<List<ChainedEntry>> after(long sequence) {
    return database.call(jdbc -> AuditRows.after(jdbc, sequence, ENTRIES_AT_ONCE));
  }

  /** Whether all is as it was written, until the entry that is the last one now. */
  public Mono<ChainVerdict> verify() {
    return database
        .call(AuditRows::head)
        .flatMap(
            head ->
                all()
                    // What is appended meanwhile is not looked at.
                    .takeWhile(entry -> entry.sequence() <= head.sequence())
                    .collect(ChainCheck::new, ChainCheck::next)
                    .map(check -> check.end(head.sequence(), head.hash())));
  }

  /**
   * The same, and also whether an entry has the hash that the program's log, or an export, gives
   * it.
   */
  public Mono<ChainVerdict> verify(long sequence, String hash) {
    return verify()
        .flatMap(
            verdict ->
                database
                    .call(jdbc -> AuditRows.after(jdbc, sequence - 1, 1))
                    .map(
                        found ->
                            holds(found, sequence, hash) ? verdict : rewritten(verdict, sequence)));
  }

  private static boolean holds(List<ChainedEntry> found, long sequence, String hash) {
    return !found.isEmpty()
        && found.getFirst().sequence() == sequence
        && found.getFirst().hash().equals(hash);
  }

  private static ChainVerdict rewritten(ChainVerdict verdict, long sequence) {
    String why = "it has not the hash that was given: the log was cut or written anew";
    return verdict.intact()
        ? new ChainVerdict(
            false,
            verdict.entries(),
            verdict.head(),
            Optional.of(new ChainVerdict.Broken(sequence, why)))
        : verdict;
  }
}
