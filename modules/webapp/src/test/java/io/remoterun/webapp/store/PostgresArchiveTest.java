package io.remoterun.webapp.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.remoterun.protocol.log.RunLog;
import io.remoterun.protocol.log.RunLog.Entry;
import io.remoterun.protocol.run.ExitStatus;
import io.remoterun.protocol.run.NodeId;
import io.remoterun.protocol.run.OutputBytes;
import io.remoterun.protocol.run.RunEvent;
import io.remoterun.testing.Eventually;
import io.remoterun.testkit.NeedsPostgres;
import io.remoterun.testkit.PostgresServer;
import io.remoterun.webapp.runs.Caller;
import io.remoterun.webapp.runs.RunRecord;
import io.remoterun.webapp.runs.RunView;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Also what several webapps do that share one database. */
@NeedsPostgres
class PostgresArchiveTest extends JdbcArchiveContract {
  private static final Caller BERT = new Caller("bert", "192.0.2.2");
  private static PostgresServer postgres;

  @BeforeAll
  static void start() throws IOException {
    postgres = PostgresServer.start();
  }

  @AfterAll
  static void stop() throws IOException {
    postgres.close();
  }

  @Override
  StoreSettings settings(Path folder) {
    return settings(folder, newDatabase());
  }

  private static StoreSettings settings(Path folder, String url) {
    return TestStore.on(postgres, url, folder);
  }

  private static String newDatabase() {
    try {
      return postgres.newDatabase();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static RunEvent output(String text) {
    return new RunEvent.Output(N1, OutputBytes.ofUtf8(text));
  }

  private static RunEvent finished(NodeId node) {
    return new RunEvent.Finished(node, ExitStatus.code(0));
  }

  private static RunLog begin(TestStore store, RunRecord run) {
    store.archive().keep(run, List.of(N1), Optional.empty()).block(SOON);
    return store.archive().log(run, List.of(N1));
  }

  @Test
  void aRunIsFollowedAndCancelledAtTheOtherWebapp() {
    String url = newDatabase();
    try (TestStore one = TestStore.open(settings(folder.resolve("one"), url));
        TestStore other = TestStore.open(settings(folder.resolve("other"), url))) {
      RunRecord run = Runs.record();
      List<RunView> cancelled = new CopyOnWriteArrayList<>();
      var hears = one.archive().cancelled().subscribe(cancelled::add);
      RunLog log = begin(one, run);
      log.append(output("a\n"));

      RunView there = other.archive().find(run.id()).blockOptional(SOON).orElseThrow();
      assertThat(there.ended()).isEmpty();
      List<Entry> seen = new CopyOnWriteArrayList<>();
      var reader = there.log().read(1).subscribe(seen::add);
      Eventually.await("the first line", () -> seen.size() == 1, () -> seen);
      log.append(output("b\n"));
      Eventually.await("the second line", () -> seen.size() == 2, () -> seen);

      other.archive().cancel(run.id(), BERT).block(SOON);
      Eventually.await("the cancel", () -> cancelled.size() == 1, () -> cancelled);
      assertThat(cancelled.getFirst().cancelledBy()).contains(BERT);
      log.append(finished(N1));
      log.close();
      Eventually.await("the end", reader::isDisposed, () -> seen);
      // The numbers are the same for everybody.
      assertThat(seen).isEqualTo(log.read(1).collectList().block(SOON));
      assertThat(other.archive().find(run.id()).blockOptional(SOON).orElseThrow().ended())
          .isPresent();
      hears.dispose();
    }
  }

  @Test
  void aRunIsTakenOverFromAWebappThatSaysNothingAnyMoreAndOnlyThen() {
    String url = newDatabase();
    try (TestStore other = TestStore.open(settings(folder.resolve("other"), url))) {
      List<RunView> orphans = new CopyOnWriteArrayList<>();
      var hears = other.archive().orphans().subscribe(orphans::add);
      TestStore one = TestStore.open(settings(folder.resolve("one"), url));
      RunRecord run = Runs.record();
      RunLog log = begin(one, run);
      log.append(output("a\n"));
      // Longer than a lease: it is renewed.
      assertThat(
              Eventually.holds(TestStore.QUICK.lease().multipliedBy(2), () -> !orphans.isEmpty()))
          .isFalse();

      // Cut off from the database: what it tells is not written any more.
      one.source().close();
      Eventually.await("the other takes over", () -> orphans.size() == 1, () -> orphans);
      assertThat(orphans.getFirst().record()).isEqualTo(run);
      RunLog goesOn = other.archive().log(run, List.of(N1));
      goesOn.append(output("b\n"));
      goesOn.append(finished(N1));
      goesOn.close();
      assertThat(goesOn.events().collectList().block(SOON))
          .containsExactly(output("a\n"), output("b\n"), finished(N1));
      one.close();
      hears.dispose();
    }
  }

  @Test
  void whoHasLostARunWritesNothingIntoIt() {
    String url = newDatabase();
    try (TestStore one = TestStore.open(settings(folder.resolve("one"), url));
        TestStore other = TestStore.open(settings(folder.resolve("other"), url))) {
      RunRecord run = Runs.record();
      RunLog log = begin(one, run);
      other
          .database()
          .run(jdbc -> jdbc.sql("update run set owned_by = id where true").update())
          .block(SOON);
      log.append(output("too late\n"));
      log.append(finished(N1));
      log.close();
      one.awaitStored(run.id());
      assertThat(
              other
                  .database()
                  .call(
                      jdbc -> jdbc.sql("select count(*) from run_chunk").query(Long.class).single())
                  .block(SOON))
          .isZero();
      // Who watches it here sees it all the same.
      assertThat(log.events().collectList().block(SOON))
          .containsExactly(output("too late\n"), finished(N1));
    }
  }

  @Test
  void whileTheDatabaseIsAwayRunsGoOnAndNewOnesAreRefused() throws IOException {
    try (PostgresServer own = PostgresServer.start();
        TestStore store =
            TestStore.open(TestStore.on(own, own.newDatabase(), folder.resolve("one")))) {
      RunRecord run = Runs.record();
      RunLog log = begin(store, run);
      log.append(output("before\n"));
      own.end();

      log.append(output("meanwhile\n"));
      assertThat(log.read(1).take(2).map(Entry::event).collectList().block(SOON))
          .containsExactly(output("before\n"), output("meanwhile\n"));
      assertThatExceptionOfType(StoreUnavailable.class)
          .isThrownBy(
              () ->
                  store
                      .archive()
                      .keep(Runs.record(), List.of(N1), Optional.empty())
                      .block(Duration.ofSeconds(20)));
      log.append(finished(N1));
      log.close();

      own.begin();
      store.awaitStored(run.id());
      RunView found = store.archive().find(run.id()).blockOptional(SOON).orElseThrow();
      assertThat(found.log().events().collectList().block(SOON))
          .containsExactly(output("before\n"), output("meanwhile\n"), finished(N1));
      assertThat(found.ended()).isPresent();
    }
  }
}
