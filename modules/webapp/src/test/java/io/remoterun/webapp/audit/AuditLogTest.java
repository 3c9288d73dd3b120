package io.remoterun.webapp.audit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.zaxxer.hikari.HikariDataSource;
import io.remoterun.protocol.run.RunId;
import io.remoterun.webapp.runs.Caller;
import io.remoterun.webapp.store.Database;
import io.remoterun.webapp.store.StoreDataSource;
import io.remoterun.webapp.store.StoreSettings;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import reactor.core.publisher.Flux;

@Timeout(60)
class AuditLogTest {
  static final Duration SOON = Duration.ofSeconds(20);
  private static final Instant NOW = Instant.parse("2030-01-01T00:00:00.123456789Z");
  private static final Caller ALICE = new Caller("alice", "127.0.0.1:1");

  @TempDir Path folder;
  HikariDataSource source;
  Database database;
  AuditLog log;

  @BeforeEach
  void open() {
    source = StoreDataSource.open(settings(), Optional::empty);
    database = Database.migrated(source);
    log = new AuditLog(database, InstantSource.fixed(NOW));
  }

  StoreSettings settings() {
    return StoreSettings.in(folder);
  }

  @AfterEach
  void close() {
    database.close();
    source.close();
  }

  @Test
  void tellsWhatWasWrittenTheNewestFirstAndFiltered() {
    RunId run = RunId.random();
    write(AuditEntry.allowed(ALICE, AuditEntry.Action.SIGN_IN, ""));
    write(AuditEntry.allowed(ALICE, AuditEntry.Action.TRIGGER, "node n1").of(run));
    write(AuditEntry.refused(new Caller("bob", "::1"), AuditEntry.Action.CANCEL, "no\nright"));

    assertThat(list(AuditFilter.any(), 0, 2)).containsExactly("CANCEL no?right", "TRIGGER node n1");
    assertThat(list(AuditFilter.any(), 2, 2)).containsExactly("SIGN_IN ");
    assertThat(list(filter(Optional.of("alice"), Optional.empty()), 0, 9)).hasSize(2);
    assertThat(list(filter(Optional.empty(), Optional.of(run.toString())), 0, 9))
        .containsExactly("TRIGGER node n1");
    assertThat(log.list(AuditFilter.any(), 0, 1).block(SOON).total()).isEqualTo(3);
    assertThat(verify()).isEqualTo(new ChainVerdict(true, 3, hashOf(3), Optional.empty()));
  }

  @Test
  void cannotBeChangedOrShortened() {
    write(entry(1));
    assertAppendOnly("update audit set who = 'bob'");
    assertAppendOnly("update audit set who = who");
    assertAppendOnly("delete from audit");
    assertIntact(1);
  }

  void assertAppendOnly(String sql) {
    assertThatThrownBy(() -> sql(sql)).rootCause().hasMessageContaining("append-only");
  }

  void assertIntact(long entries) {
    assertThat(verify())
        .extracting(ChainVerdict::intact, ChainVerdict::entries)
        .containsExactly(true, entries);
  }

  @Test
  void whatIsTooLongIsCutAndStaysIntact() {
    String rocket = "\ud83d\ude80";
    for (String details :
        List.of(
            "x".repeat(AuditEntry.MOST_CHARACTERS),
            "x".repeat(AuditEntry.MOST_CHARACTERS + 1),
            rocket.repeat(AuditEntry.MOST_CHARACTERS),
            "x" + rocket.repeat(AuditEntry.MOST_CHARACTERS))) {
      write(AuditEntry.allowed(ALICE, AuditEntry.Action.TRIGGER, details));
    }
    assertIntact(4);
    assertThat(entries())
        .extracting(kept -> kept.entry().details().length())
        .allMatch(
            length ->
                length <= AuditEntry.MOST_CHARACTERS && length >= AuditEntry.MOST_CHARACTERS - 1);
  }

  @Test
  void findsAnEntryThatWasChanged() {
    writeTen();
    letChange();
    for (String change :
        List.of("who = 'bob'", "details = 'x'", "decision = 'REFUSED'", "run_id = 'x'")) {
      sql("update audit set " + change + " where sequence = 4");
      assertBroken(4, "it was changed");
    }
  }

  @Test
  void findsAnEntryThatWasChangedTogetherWithItsHash() {
    writeTen();
    letChange();
    ChainedEntry fourth = entries().get(3);
    AuditEntry entry =
        AuditEntry.allowed(ALICE, AuditEntry.Action.TRIGGER, "node n99")
            .of(fourth.entry().run().orElseThrow());
    ChainedEntry forged = ChainedEntry.after(3, fourth.previousHash(), NOW, entry);
    sql("update audit set details = 'node n99', hash = '" + forged.hash() + "' where sequence = 4");
    assertBroken(5, "the entry before it is not the one that it was written after");
  }

  @Test
  void findsWhereEntriesAreMissing() {
    writeTen();
    letChange();
    sql("delete from audit where sequence in (4, 5)");
    assertBroken(4, "it is missing");
    sql("delete from audit where sequence < 4");
    assertBroken(1, "it is missing");
  }

  @Test
  void findsThatTheEndWasCutOff() {
    writeTen();
    letChange();
    sql("delete from audit where sequence > 7");
    assertBroken(8, "it is missing, and all after it to 10");
  }

  @Test
  void findsThatTheEndWasCutOffWithItsHeadByWhatIsKnownElsewhere() {
    writeTen();
    letChange();
    String tenth = hashOf(10);
    sql("update audit_head set sequence = 7, hash = '" + hashOf(7) + "'");
    sql("delete from audit where sequence > 7");

    assertThat(verify().intact()).as("nothing in the database tells").isTrue();
    ChainVerdict verdict = log.verify(10, tenth).block(SOON);
    assertThat(verdict.broken()).map(ChainVerdict.Broken::sequence).contains(10L);
    assertThat(log.verify(7, hashOf(7)).block(SOON).intact()).isTrue();

    // Also when others have been written in their place.
    IntStream.range(0, 5).forEach(i -> write(entry(i)));
    assertThat(verify().intact()).isTrue();
    assertThat(log.verify(10, tenth).block(SOON).intact()).isFalse();
  }

  @Test
  void severalWriteOneChain() {
    try (Database second = Database.migrated(source)) {
      AuditLog other = new AuditLog(second, InstantSource.system());
      Flux.range(0, 100)
          .flatMap(i -> (i % 2 == 0 ? log : other).write(entry(i)), 20)
          .blockLast(SOON);
    }
    assertThat(verify())
        .extracting(ChainVerdict::intact, ChainVerdict::entries)
        .containsExactly(true, 100L);
  }

  @Test
  void saysThatItCannotBeWritten() {
    source.close();
    assertThatThrownBy(() -> write(entry(1)))
        .isInstanceOf(AuditUnavailable.class)
        .hasMessageContaining("nothing was done");
  }

  private void writeTen() {
    IntStream.rangeClosed(1, 10).forEach(i -> write(entry(i)));
    assertThat(verify().intact()).isTrue();
  }

  static AuditEntry entry(int number) {
    return AuditEntry.allowed(ALICE, AuditEntry.Action.TRIGGER, "node n" + number)
        .of(RunId.random());
  }

  /** What only somebody with all rights on the database can do. */
  void letChange() {
    sql("drop trigger audit_is_append_only");
  }

  void sql(String sql) {
    database.run(jdbc -> jdbc.sql(sql).update()).block(SOON);
  }

  void write(AuditEntry entry) {
    log.write(entry).block(SOON);
  }

  private ChainVerdict verify() {
    return log.verify().block(SOON);
  }

  private void assertBroken(long at, String why) {
    assertThat(verify().broken()).contains(new ChainVerdict.Broken(at, why));
  }

  private List<ChainedEntry> entries() {
    return log.all().collectList().block(SOON);
  }

  private String hashOf(int sequence) {
    return entries().get(sequence - 1).hash();
  }

  private List<String> list(AuditFilter filter, int offset, int limit) {
    return log.list(filter, offset, limit).block(SOON).entries().stream()
        .map(kept -> kept.entry().action() + " " + kept.entry().details())
        .toList();
  }

  private static AuditFilter filter(Optional<String> who, Optional<String> run) {
    return new AuditFilter(
        who, Optional.empty(), Optional.empty(), run, Optional.empty(), Optional.empty());
  }
}
