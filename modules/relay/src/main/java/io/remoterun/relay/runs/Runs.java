package io.remoterun.relay.runs;

import io.remoterun.protocol.run.Counts;
import io.remoterun.protocol.run.NodeId;
import io.remoterun.protocol.run.RunId;
import io.remoterun.protocol.run.RunRequest;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

/**
 * The runs that are known by their ids: those that go on, and those that have ended lately, also in
 * an earlier process. An id that is known never begins a second run. Thread-safe; nothing here
 * blocks.
 */
public final class Runs {
  /** Files go later than they are forgotten: a few for each new run, and not all of them. */
  private static final int MOST_FORGOTTEN_AT_ONCE = 10;

  /** As long as a relay above tries to come back when it has lost the connection. */
  private static final Duration FRESH = Duration.ofMinutes(1);

  private final Engine engine;
  private final RunStore store;
  private final Limits limits;
  private final Map<RunId, Known> known = new LinkedHashMap<>();
  private final Set<Run> open = ConcurrentHashMap.newKeySet();

  /**
   * @param keep how long a run is known after its end
   * @param most how many are; of more, and where the store has little room left, those that have
   *     ended are forgotten: first those that nobody reads and that ended a while ago, and of these
   *     those that began first
   */
  public record Limits(Duration keep, int most) {}

  private record Known(Mono<Run> run, Supplier<Need> need) {
    static Known of(Run run) {
      return new Known(Mono.just(run), () -> Need.of(run));
    }
  }

  /** How much a run is needed, the least needed first. */
  private enum Need {
    NONE,
    FRESH,
    READ,
    GOES_ON;

    static Need of(Run run) {
      Optional<Instant> end = run.ended();
      if (end.isEmpty()) {
        return GOES_ON;
      }
      return run.log().isRead()
          ? READ
          : end.get().plus(Runs.FRESH).isAfter(Instant.now()) ? FRESH : NONE;
    }
  }

  public Runs(Engine engine, RunStore store, Limits limits) {
    this.engine = engine;
    this.store = store;
    this.limits = limits;
    for (RunId id : store.kept()) {
      known.put(id, new Known(store.load(id).cache(), () -> Need.NONE));
      forgetLater(id);
    }
    forgetSurplus();
  }

  /**
   * Begins the run; or attaches to it, if it is known. What goes wrong in it is in its log.
   *
   * @param path the relays that the request has come through
   * @return fails with {@link OtherRequest} when the id is that of another request, and when an
   *     earlier run of that id cannot be read
   */
  public Mono<Run> start(RunRequest request, List<NodeId> path) {
    return Mono.defer(() -> find(request.id(), begin(request, path)))
        .flatMap(
            run ->
                run.isFor(request) ? Mono.just(run) : Mono.error(new OtherRequest(request.id())));
  }

  /** Empty when it is not known. */
  public Mono<Run> find(RunId id) {
    return Mono.defer(() -> find(id, Mono.empty()));
  }

  private Mono<Run> find(RunId id, Mono<Run> otherwise) {
    synchronized (known) {
      @Nullable Known found = known.get(id);
      return found == null ? otherwise : found.run();
    }
  }

  private Mono<Run> begin(RunRequest request, List<NodeId> path) {
    return Mono.defer(
        () -> {
          Cancel cancel = new Cancel();
          Plan plan = engine.plan(request, path, cancel);
          Run run;
          synchronized (known) {
            @Nullable Known other = known.get(request.id());
            if (other != null) {
              return other.run();
            }
            run = new Run(request, plan, store.log(request.id()), cancel, Instant.now());
            known.put(request.id(), Known.of(run));
            forgetSurplus();
          }
          begin(run);
          return Mono.just(run);
        });
  }

  /** First it is kept: it must not begin again, whatever happens to this process. */
  private void begin(Run run) {
    RunId id = run.request().id();
    open.add(run);
    store.keep(run).doFinally(end -> run.begin()).subscribe();
    run.end().subscribe(nothing -> {}, error -> open.remove(run), () -> hasEnded(run, id));
  }

  private void hasEnded(Run run, RunId id) {
    open.remove(run);
    forgetLater(id);
  }

  /** How those stand that go on. */
  public Stream<Counts> standing() {
    return open.stream().map(run -> run.tally().counts());
  }

  private void forgetLater(RunId id) {
    Schedulers.parallel()
        .schedule(() -> forget(id), limits.keep().toMillis(), TimeUnit.MILLISECONDS);
  }

  private void forget(RunId id) {
    synchronized (known) {
      if (known.remove(id) != null) {
        store.forget(id).subscribe();
      }
    }
  }

  private void forgetSurplus() {
    synchronized (known) {
      int left = store.isCrowded() ? MOST_FORGOTTEN_AT_ONCE : 0;
      if (known.size() > limits.most() || left > 0) {
        for (RunId id : whatIsLeastNeeded()) {
          if (known.size() <= limits.most() && left == 0) {
            return;
          }
          forget(id);
          left = store.isCrowded() ? Math.max(0, left - 1) : 0;
        }
      }
    }
  }

  private List<RunId> whatIsLeastNeeded() {
    Map<Need, List<RunId>> needs = new EnumMap<>(Need.class);
    known.forEach(
        (id, run) -> needs.computeIfAbsent(run.need().get(), key -> new ArrayList<>()).add(id));
    needs.remove(Need.GOES_ON);
    return needs.values().stream().flatMap(List::stream).toList();
  }
}
