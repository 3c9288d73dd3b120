package io.remoterun.webapp.runs;

import io.remoterun.protocol.log.RunLog;
import io.remoterun.protocol.run.Counts;
import io.remoterun.protocol.run.NodeId;
import io.remoterun.protocol.run.RunId;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * Where runs are kept, also those of other webapps that share it. Nothing here blocks; what cannot
 * be kept or read is an error signal.
 */
public interface RunArchive {

  /**
   * Keeps a run before it begins, and as this process's own: it goes on here.
   *
   * @param nodes each gets exactly one terminal event
   * @param key the caller's own name for its request, if it gave one: the second run of a caller
   *     with the same key is not kept
   * @return the id of the run of that key that is there already; empty when this one was kept
   */
  Mono<RunId> keep(RunRecord run, List<NodeId> nodes, Optional<String> key);

  /** The run that the caller has asked for with that key; empty when there is none. */
  Mono<RunId> ofKey(Caller by, String key);

  /**
   * The log of a run that goes on here, to be written by one writer. What is appended becomes the
   * run's results as well, before a reader gets it; with the last terminal event the run has ended.
   * Its bounds are the archive's.
   */
  RunLog log(RunRecord run, List<NodeId> nodes);

  /** Takes note of who cancelled it; the first one counts. Wherever it goes on, it is stopped. */
  Mono<Void> cancel(RunId id, Caller by);

  /** Runs of this process that were cancelled at another one. Never ends. */
  Flux<RunView> cancelled();

  /** Empty when there is none. What was appended a moment ago, here or elsewhere, is seen soon. */
  Mono<RunView> find(RunId id);

  /** The newest first. */
  Mono<Page> list(Filter filter, int offset, int limit);

  /** The newest run of each node, without those that had none. */
  Mono<Map<NodeId, LastRun>> lastRuns(Collection<NodeId> nodes);

  /**
   * Runs that no process drives any more, because it was killed. Each is this process's own from
   * now on, and told once; its log tells what is kept and then ends, although the run has not.
   * Never ends.
   */
  Flux<RunView> orphans();

  /**
   * Which runs are wanted; all that is given has to be met.
   *
   * @param nodes runs of at least one of these; empty for any
   * @param by the account that asked
   */
  record Filter(
      Optional<List<NodeId>> nodes,
      Optional<String> by,
      Optional<State> state,
      Optional<Instant> since,
      Optional<Instant> until) {
    public static Filter any() {
      return new Filter(
          Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty());
    }
  }

  /** How a run as a whole stands. */
  enum State {
    RUNNING,
    CANCELLING,
    ENDED
  }

  /** One line of a list. */
  record Summary(RunRecord record, State state, Counts counts, Optional<Instant> ended) {}

  /**
   * @param total how many there are on all pages
   */
  record Page(List<Summary> runs, long total) {}
}
