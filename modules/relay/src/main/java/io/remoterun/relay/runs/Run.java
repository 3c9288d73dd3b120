package io.remoterun.relay.runs;

import io.remoterun.protocol.log.RunLog;
import io.remoterun.protocol.run.NodeId;
import io.remoterun.protocol.run.RunEvent;
import io.remoterun.protocol.run.RunRequest;
import io.remoterun.protocol.run.Tally;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

/** A run that goes on whether or not somebody reads. Thread-safe. */
public final class Run {
  private final RunRequest request;
  private final Plan plan;
  private final RunLog log;
  private final Cancel cancel;
  private final Tally tally;
  private final Instant began;
  private volatile @Nullable Instant ended;

  Run(RunRequest request, Plan plan, RunLog log, Cancel cancel, Instant began) {
    this.request = request;
    this.plan = plan;
    this.log = log;
    this.cancel = cancel;
    this.tally = new Tally(plan.nodes());
    this.began = began;
  }

  /** To be called once. */
  void begin() {
    noteEnd();
    log.record(plan.events().doOnNext(this::see));
  }

  /** Before it is in the log: whoever has read the last event finds that the run has ended. */
  void see(RunEvent event) {
    tally.see(event);
    noteEnd();
  }

  void seeAndAppend(RunEvent event) {
    see(event);
    log.append(event);
  }

  private void noteEnd() {
    if (ended == null && tally.hasEnded()) {
      ended = Instant.now();
    }
  }

  /** Whether the other request is for the same: who goes away at once does not matter. */
  boolean isFor(RunRequest other) {
    return request.target().equals(other.target())
        && request.conditions().equals(other.conditions())
        && request.keepOutput() == other.keepOutput();
  }

  public RunRequest request() {
    return request;
  }

  /** All that it is for; each gets exactly one terminal event. */
  public List<NodeId> nodes() {
    return plan.nodes();
  }

  /** Whether there is a way to at least one of them. */
  public boolean canBegin() {
    return plan.canBegin();
  }

  /** What happens in it. */
  public RunLog log() {
    return log;
  }

  public Tally tally() {
    return tally;
  }

  public Instant began() {
    return began;
  }

  /** When the last of its nodes had ended. */
  public Optional<Instant> ended() {
    return Optional.ofNullable(ended);
  }

  /** Completes when its log is complete. */
  public Mono<Void> end() {
    return log.read(Long.MAX_VALUE).then();
  }

  /** Asks all agents to stop; how each has ended is in the log. */
  public void cancel() {
    cancel.ask();
  }

  public boolean isCancelled() {
    return cancel.isAsked();
  }
}
