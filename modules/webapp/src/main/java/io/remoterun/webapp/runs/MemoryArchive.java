package io.remoterun.webapp.runs;

import io.remoterun.protocol.log.MemoryRunLog;
import io.remoterun.protocol.log.RunLog;
import io.remoterun.protocol.run.Counts;
import io.remoterun.protocol.run.NodeId;
import io.remoterun.protocol.run.RunEvent;
import io.remoterun.protocol.run.RunId;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** Keeps the last runs for as long as the process lives. Thread-safe. */
public final class MemoryArchive implements RunArchive {
  private final Supplier<RunLog> logs;
  private final int most;
  private final InstantSource clock;
  private final Map<RunId, Kept> runs = new LinkedHashMap<>();
  private final Map<Key, RunId> keys = new LinkedHashMap<>();

  private record Key(String caller, String key) {}

  /**
   * @param mostBytesOfRun of output; of more than that the middle is lost
   * @param most runs that are kept; of more, the oldest of those that have ended are forgotten
   */
  public MemoryArchive(long mostBytesOfRun, int most, InstantSource clock) {
    this.logs = () -> new MemoryRunLog(mostBytesOfRun);
    this.most = most;
    this.clock = clock;
  }

  private static final class Kept implements RunView {
    private final RunRecord record;
    private final List<NodeId> nodes;
    private final RunLog log;
    private final Results results;
    private final InstantSource clock;
    private @Nullable Caller cancelledBy;
    private volatile @Nullable Instant ended;

    Kept(RunRecord record, List<NodeId> nodes, RunLog log, InstantSource clock) {
      this.record = record;
      this.nodes = List.copyOf(nodes);
      this.log = log;
      this.results = new Results(nodes, clock);
      this.clock = clock;
    }

    /** Before it is in the log: whoever has read the last event finds that the run has ended. */
    RunLog seen() {
      return new RunLog() {
        @Override
        public void append(RunEvent event) {
          results.see(event);
          if (ended == null && results.haveEnded()) {
            ended = clock.instant();
          }
          log.append(event);
        }

        @Override
        public void close() {
          log.close();
        }

        @Override
        public Mono<Void> discard() {
          return log.discard();
        }

        @Override
        public Flux<Entry> read(long sequence) {
          return log.read(sequence);
        }

        @Override
        public boolean isRead() {
          return log.isRead();
        }
      };
    }

    boolean is(Filter wanted) {
      return wanted.nodes().map(ids -> ids.stream().anyMatch(nodes::contains)).orElse(true)
          && wanted.by().map(record.by().name()::equals).orElse(true)
          && wanted.state().map(state()::equals).orElse(true)
          && wanted.since().map(time -> !record.began().isBefore(time)).orElse(true)
          && wanted.until().map(time -> record.began().isBefore(time)).orElse(true);
    }

    synchronized void cancel(Caller by) {
      cancelledBy = Objects.requireNonNullElse(cancelledBy, by);
    }

    @Override
    public RunRecord record() {
      return record;
    }

    @Override
    public Counts counts() {
      return results.counts();
    }

    @Override
    public Map<NodeId, NodeResult> results() {
      return results.byNode();
    }

    @Override
    public Optional<Instant> ended() {
      return Optional.ofNullable(ended);
    }

    @Override
    public synchronized Optional<Caller> cancelledBy() {
      return Optional.ofNullable(cancelledBy);
    }

    @Override
    public RunLog log() {
      return log;
    }
  }

  @Override
  public Mono<RunId> keep(RunRecord run, List<NodeId> nodes, Optional<String> key) {
    return Mono.defer(() -> Mono.justOrEmpty(keepNow(run, nodes, key)));
  }

  private Optional<RunId> keepNow(RunRecord run, List<NodeId> nodes, Optional<String> key) {
    synchronized (runs) {
      if (key.isPresent()) {
        RunId first = keys.putIfAbsent(new Key(run.by().name(), key.get()), run.id());
        if (first != null) {
          return Optional.of(first);
        }
      }
      runs.put(run.id(), new Kept(run, nodes, logs.get(), clock));
      forgetSurplus();
      return Optional.empty();
    }
  }

  private void forgetSurplus() {
    List<Kept> ended = runs.values().stream().filter(run -> run.ended().isPresent()).toList();
    for (Kept run : ended.subList(0, Math.clamp(runs.size() - most, 0, ended.size()))) {
      runs.remove(run.record().id());
      keys.values().remove(run.record().id());
      run.log().discard().subscribe();
    }
  }

  @Override
  public Mono<RunId> ofKey(Caller by, String key) {
    return Mono.fromSupplier(
        () -> {
          synchronized (this) {
            return keys.get(new Key(by.name(), key));
          }
        });
  }

  @Override
  public RunLog log(RunRecord run, List<NodeId> nodes) {
    return kept(run.id()).orElseThrow().seen();
  }

  private Optional<Kept> kept(RunId id) {
    synchronized (runs) {
      return Optional.ofNullable(runs.get(id));
    }
  }

  @Override
  public Mono<Void> cancel(RunId id, Caller by) {
    return Mono.fromRunnable(() -> kept(id).ifPresent(run -> run.cancel(by)));
  }

  /** There is no other process. */
  @Override
  public Flux<RunView> cancelled() {
    return Flux.never();
  }

  @Override
  public Mono<RunView> find(RunId id) {
    return Mono.fromSupplier(() -> kept(id).orElse(null));
  }

  @Override
  public Mono<Page> list(Filter filter, int offset, int limit) {
    return Mono.fromSupplier(
        () -> {
          List<Kept> all;
          synchronized (runs) {
            all = new ArrayList<>(runs.values()).reversed();
          }
          List<Kept> wanted = all.stream().filter(run -> run.is(filter)).toList();
          return new Page(
              wanted.stream().skip(offset).limit(limit).map(Kept::summary).toList(), wanted.size());
        });
  }

  @Override
  public Mono<Map<NodeId, LastRun>> lastRuns(Collection<NodeId> nodes) {
    return Mono.fromSupplier(
        () -> {
          List<Kept> all;
          synchronized (runs) {
            all = List.copyOf(runs.values());
          }
          Map<NodeId, LastRun> last = new LinkedHashMap<>();
          all.forEach(
              run ->
                  run.results()
                      .forEach(
                          (node, result) ->
                              last.put(
                                  node,
                                  new LastRun(run.record().id(), run.record().began(), result))));
          last.keySet().retainAll(Set.copyOf(nodes));
          return last;
        });
  }

  @Override
  public Flux<RunView> orphans() {
    return Flux.never();
  }
}
