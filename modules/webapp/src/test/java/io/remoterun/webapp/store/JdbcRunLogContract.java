package io.remoterun.webapp.store;

import static org.assertj.core.api.Assertions.assertThat;

import io.remoterun.protocol.log.RunLog;
import io.remoterun.protocol.log.RunLogContract;
import io.remoterun.protocol.run.NodeId;
import io.remoterun.protocol.run.RunEvent;
import io.remoterun.protocol.run.RunId;
import io.remoterun.webapp.runs.RunRecord;
import io.remoterun.webapp.runs.RunView;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What every run log has to do, in a database. */
abstract class JdbcRunLogContract extends RunLogContract {
  private static final Duration SOON = Duration.ofSeconds(30);
  private static final List<NodeId> NODES = List.of(N1, N2);

  @TempDir Path folder;
  private final List<TestStore> stores = new ArrayList<>();

  /** An empty database, and the folder of a webapp of its own. */
  abstract StoreSettings settings(Path folder);

  @AfterEach
  void close() {
    stores.forEach(TestStore::close);
  }

  private TestStore store(Keeping keeping, long node) {
    Path own = folder.resolve("webapp-" + stores.size());
    TestStore store = TestStore.open(settings(own), keeping, node);
    stores.add(store);
    return store;
  }

  @Override
  protected RunLog log() {
    return begin(store(Keeping.usual(), 1 << 24));
  }

  @Override
  protected RunLog smallLog() {
    return begin(store(TestStore.keeping(5_000), 2_500));
  }

  private static RunLog begin(TestStore store) {
    RunRecord run = Runs.record();
    assertThat(store.archive().keep(run, NODES, Optional.empty()).blockOptional(SOON)).isEmpty();
    return store.archive().log(run, NODES);
  }

  private static List<RunEvent> stored(TestStore store, RunId id) {
    RunView view = store.archive().find(id).blockOptional(SOON).orElseThrow();
    return all(view.log());
  }

  @Test
  void whatIsBeyondABoundIsOneGapOfEachNodeAndTheRestIsThere() {
    TestStore store = store(TestStore.keeping(20_000), 8_000);
    RunRecord run = Runs.record();
    store.archive().keep(run, NODES, Optional.empty()).block(SOON);
    RunLog log = store.archive().log(run, NODES);
    log.append(output(N2, "quiet\n"));
    for (int i = 0; i < 300; i++) {
      log.append(output(N1, String.format("line %04d of a node that prints much%n", i)));
    }
    log.append(finished(N1));
    log.append(output(N2, "still quiet\n"));
    log.append(finished(N2));
    log.close();
    store.awaitStored(run.id());

    List<RunEvent> events = stored(store, run.id());
    List<RunEvent> gaps = events.stream().filter(RunEvent.Gap.class::isInstance).toList();
    assertThat(gaps).hasSize(1);
    assertThat(gaps.getFirst().node()).isEqualTo(N1);
    assertThat(events.getFirst()).isEqualTo(output(N2, "quiet\n"));
    assertThat(events.get(1)).isEqualTo(output(N1, "line 0000 of a node that prints much\n"));
    assertThat(events)
        .contains(
            output(N1, "line 0299 of a node that prints much\n"),
            finished(N1),
            output(N2, "still quiet\n"),
            finished(N2));
    assertThat(size(events, N1)).isEqualTo(300 * 37L);
    assertThat(size(events, N1) - ((RunEvent.Gap) gaps.getFirst()).bytes())
        .isBetween(2_000L, 8_000L);
  }

  private static long size(List<RunEvent> events, NodeId node) {
    return events.stream()
        .filter(event -> event.node().equals(node))
        .mapToLong(
            event ->
                switch (event) {
                  case RunEvent.Output output -> output.bytes().size();
                  case RunEvent.Gap gap -> gap.bytes();
                  default -> 0;
                })
        .sum();
  }

  @Test
  void aRunThatIsLeftGoesOnWithWhatIsThere() {
    Path own = folder.resolve("killed");
    StoreSettings settings = settings(own);
    RunRecord run = Runs.record();
    try (TestStore first = TestStore.open(settings)) {
      first.archive().keep(run, NODES, Optional.empty()).block(SOON);
      RunLog log = first.archive().log(run, NODES);
      IntStream.range(0, 1000).forEach(i -> log.append(output(N1, "line " + i + "\n")));
      log.append(finished(N2));
    }
    try (TestStore second = TestStore.open(settings)) {
      RunView orphan = Objects.requireNonNull(second.archive().orphans().blockFirst(SOON));
      assertThat(orphan.record()).isEqualTo(run);
      assertThat(all(orphan.log())).hasSize(1001);
      assertThat(Objects.requireNonNull(orphan.results().get(N2)).last()).isEqualTo(finished(N2));
      RunLog log = second.archive().log(run, NODES);
      log.append(output(N1, "rest\n"));
      log.append(finished(N1));
      log.close();
      List<RunEvent> events = all(log);
      assertThat(events).hasSize(1003).endsWith(output(N1, "rest\n"), finished(N1));
      second.awaitStored(run.id());
      assertThat(stored(second, run.id())).isEqualTo(events);
      RunView view = second.archive().find(run.id()).blockOptional(SOON).orElseThrow();
      assertThat(view.counts().succeeded()).isEqualTo(2);
      assertThat(view.ended()).isPresent();
    }
  }
}
