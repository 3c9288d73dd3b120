package io.remoterun.operations.metrics;

import io.remoterun.protocol.run.NodeId;
import io.remoterun.protocol.run.RunEvent;
import io.remoterun.protocol.run.RunFailure.Kind;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.IntSupplier;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;

/**
 * What became of asking relays for runs, and whether each answered when it was asked last.
 * Thread-safe.
 */
public final class RelayCalls {
  private final String hop;
  private final LongAdder requests = new LongAdder();
  private final Map<Kind, LongAdder> failures = new EnumMap<>(Kind.class);
  private final Map<NodeId, Boolean> answered = new ConcurrentHashMap<>();

  /**
   * @param hop who asks: its failures are those of asking, all others came with an answer
   */
  public RelayCalls(String hop) {
    this.hop = hop;
    for (Kind kind : Kind.values()) {
      if (isOfAsking(kind)) {
        failures.put(kind, new LongAdder());
      }
    }
  }

  /** What happens to a run although its relay answers as it should. */
  private static boolean isOfAsking(Kind kind) {
    return switch (kind) {
      case STOPPED, UNCONFIRMED, UNKNOWN_NODE, UNSUPPORTED, AGENT -> false;
      default -> true;
    };
  }

  /** The same events, which are the answer of that relay to one request. */
  public Flux<RunEvent> counted(NodeId relay, Flux<RunEvent> answer) {
    return Flux.defer(
        () -> {
          requests.increment();
          AtomicBoolean hasFailed = new AtomicBoolean();
          return answer.doOnNext(event -> see(relay, event, hasFailed));
        });
  }

  private void see(NodeId relay, RunEvent event, AtomicBoolean hasFailed) {
    @Nullable LongAdder failure =
        event instanceof RunEvent.Failed failed && failed.failure().hop().equals(hop)
            ? failures.get(failed.failure().kind())
            : null;
    if (failure == null) {
      if (!hasFailed.get()) {
        answered(relay, true);
      }
    } else if (hasFailed.compareAndSet(false, true)) {
      failure.increment();
      answered(relay, false);
    }
  }

  /** Takes note of another contact with it. */
  public void answered(NodeId relay, boolean hasAnswered) {
    answered.put(relay, hasAnswered);
  }

  /** Whether it answered when it was asked last; null when it was not asked yet. */
  public @Nullable Boolean lastAnswer(NodeId relay) {
    return answered.get(relay);
  }

  /**
   * Adds these numbers.
   *
   * @param role the middle of the metrics' names
   * @param relays how many relays there are to be asked
   */
  public void register(Metrics metrics, String role, IntSupplier relays) {
    String prefix = "remote_run_" + role + "_";
    metrics.gauges(
        prefix + "relays",
        "Relays that are asked for runs: up and down by the last contact, unknown before the first",
        "state",
        () -> states(relays.getAsInt()));
    metrics.counter(
        prefix + "relay_requests_total", "Requests for runs to other relays", requests::sum);
    metrics.counters(
        prefix + "relay_failures_total",
        "Requests for runs to other relays that were not answered, or not to their end",
        "kind",
        this::failures);
  }

  private Map<String, Long> states(int relays) {
    long up = answered.values().stream().filter(isUp -> isUp).count();
    long down = answered.size() - up;
    Map<String, Long> states = new LinkedHashMap<>();
    states.put("up", up);
    states.put("down", down);
    states.put("unknown", Math.max(0, relays - up - down));
    return states;
  }

  private Map<String, Long> failures() {
    Map<String, Long> sums = new LinkedHashMap<>();
    failures.forEach((kind, sum) -> sums.put(RunMetrics.word(kind), sum.sum()));
    return sums;
  }
}
