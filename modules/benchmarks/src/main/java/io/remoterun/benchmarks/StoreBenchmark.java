package io.remoterun.benchmarks;

import static io.remoterun.benchmarks.Table.decimal;
import static io.remoterun.benchmarks.Table.whole;

import com.zaxxer.hikari.HikariDataSource;
import io.remoterun.benchmarks.fleet.SimulatedFleet;
import io.remoterun.benchmarks.process.Words;
import io.remoterun.protocol.log.MemoryRunLog;
import io.remoterun.protocol.log.RunLog;
import io.remoterun.protocol.run.ExitStatus;
import io.remoterun.protocol.run.NodeId;
import io.remoterun.protocol.run.OutputBytes;
import io.remoterun.protocol.run.RunEvent;
import io.remoterun.protocol.run.RunId;
import io.remoterun.testkit.PostgresServer;
import io.remoterun.webapp.runs.Caller;
import io.remoterun.webapp.runs.Results;
import io.remoterun.webapp.runs.RunArchive;
import io.remoterun.webapp.runs.RunRecord;
import io.remoterun.webapp.runs.StopAfter;
import io.remoterun.webapp.runs.Targets;
import io.remoterun.webapp.store.Database;
import io.remoterun.webapp.store.JdbcArchive;
import io.remoterun.webapp.store.Keeping;
import io.remoterun.webapp.store.StoreDataSource;
import io.remoterun.webapp.store.StoreSettings;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import reactor.core.publisher.Flux;

/**
 * What keeping a run costs: one of many nodes whose events come as fast as they are taken, beside
 * the same into memory only. How long until it begins, until its last event is read by whoever
 * watches, and until all of it is in the database.
 */
final class StoreBenchmark {
  private static final Set<String> OPTIONS = Set.of("quick", "nodes", "lines", "rounds");
  private static final Duration LONG = Duration.ofMinutes(5);
  private static final OutputBytes LINE = OutputBytes.ofUtf8("x".repeat(99) + "\n");

  private final PrintStream out;
  private final List<NodeId> nodes;
  private final int lines;
  private final int rounds;

  /** In ms. */
  private record Taken(double begin, double watched, double stored) {}

  private StoreBenchmark(Words options, PrintStream out) {
    this.out = out;
    int count = (int) options.number("nodes", options.has("quick") ? 500 : 10_000);
    this.nodes = new SimulatedFleet(count, 0).ids();
    this.lines = (int) options.number("lines", 10);
    this.rounds = (int) options.number("rounds", options.has("quick") ? 2 : 5);
  }

  static void run(Words options, PrintStream out) throws IOException {
    new StoreBenchmark(options.only(OPTIONS), out).run();
  }

  private void run() throws IOException {
    try (Workplace place = Workplace.make();
        PostgresServer postgres = PostgresServer.start()) {
      Table table =
          new Table(
              "%s nodes, %d lines each, ms".formatted(whole(nodes.size()), lines),
              "until it begins",
              "until all is seen",
              "until all is stored");
      row(table, "memory only", this::inMemory);
      Path folder = place.folder();
      with(StoreSettings.in(folder.resolve("h2")), archive -> row(table, "H2", archive));
      with(onPostgres(postgres, folder), archive -> row(table, "PostgreSQL", archive));
      table.print(out);
    }
  }

  private static StoreSettings onPostgres(PostgresServer postgres, Path folder) throws IOException {
    return new StoreSettings(
        folder.resolve("postgres"),
        postgres.newDatabase(),
        postgres.user(),
        folder.resolve("password"),
        8,
        Duration.ofSeconds(5),
        Duration.ofSeconds(30),
        Keeping.usual());
  }

  private interface Measured {
    Taken once() throws IOException;
  }

  private interface Use {
    void of(Measured archive) throws IOException;
  }

  private void with(StoreSettings settings, Use use) throws IOException {
    try (HikariDataSource source = StoreDataSource.open(settings, Optional::empty);
        Database database = Database.migrated(source);
        JdbcArchive archive =
            JdbcArchive.open(database, settings, 1 << 24, InstantSource.system())) {
      use.of(() -> stored(archive, database));
    }
  }

  private void row(Table table, String name, Measured archive) throws IOException {
    double[] begin = new double[rounds];
    double[] watched = new double[rounds];
    double[] stored = new double[rounds];
    archive.once();
    for (int round = 0; round < rounds; round++) {
      Taken taken = archive.once();
      begin[round] = taken.begin();
      watched[round] = taken.watched();
      stored[round] = taken.stored();
    }
    table.row(
        name,
        decimal(new Samples(begin).median()),
        decimal(new Samples(watched).median()),
        decimal(new Samples(stored).median()));
  }

  private Taken inMemory() {
    long start = System.nanoTime();
    MemoryRunLog log = new MemoryRunLog(1L << 28);
    Results results = new Results(nodes, InstantSource.system());
    double begin = since(start);
    log.record(events().doOnNext(results::see));
    watch(log);
    return new Taken(begin, since(start), since(start));
  }

  private Taken stored(RunArchive archive, Database database) {
    RunRecord run = record();
    long start = System.nanoTime();
    archive.keep(run, nodes, Optional.empty()).block(LONG);
    double begin = since(start);
    RunLog log = archive.log(run, nodes);
    log.record(events());
    watch(log);
    double watched = since(start);
    while (isOpen(database, run.id())) {
      Thread.onSpinWait();
    }
    return new Taken(begin, watched, since(start));
  }

  private static boolean isOpen(Database database, RunId id) {
    return Objects.requireNonNull(
        database.now(
            jdbc ->
                jdbc.sql("select ended is null from run where id = ?")
                    .param(id.value())
                    .query(Boolean.class)
                    .single()));
  }

  private void watch(RunLog log) {
    long seen = Objects.requireNonNull(log.events().count().block(LONG));
    if (seen != (long) nodes.size() * (lines + 2)) {
      throw new IllegalStateException("only " + seen + " events were seen");
    }
  }

  /** Of all nodes in turn, as relays tell them. */
  private Flux<RunEvent> events() {
    return Flux.concat(
        Flux.fromIterable(nodes).map(node -> new RunEvent.Started(node, "rudder agent run")),
        Flux.range(0, lines)
            .concatMapIterable(
                line ->
                    nodes.stream().<RunEvent>map(node -> new RunEvent.Output(node, LINE)).toList()),
        Flux.fromIterable(nodes).map(node -> new RunEvent.Finished(node, ExitStatus.code(0))));
  }

  private static RunRecord record() {
    return new RunRecord(
        RunId.random(),
        new Targets.All(),
        List.of(),
        new RunRecord.How(LONG, OptionalInt.empty(), new StopAfter.Never(), true),
        new Caller("benchmark", "127.0.0.1"),
        Instant.now(),
        Optional.empty());
  }

  private static double since(long start) {
    return (System.nanoTime() - start) / 1e6;
  }
}
