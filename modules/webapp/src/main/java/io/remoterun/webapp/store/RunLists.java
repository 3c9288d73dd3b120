package io.remoterun.webapp.store;

import io.remoterun.protocol.run.NodeId;
import io.remoterun.protocol.run.RunId;
import io.remoterun.webapp.runs.LastRun;
import io.remoterun.webapp.runs.NodeResult;
import io.remoterun.webapp.runs.RunArchive.Filter;
import io.remoterun.webapp.runs.RunArchive.Page;
import io.remoterun.webapp.runs.RunArchive.Summary;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * Runs of any webapp, as the database lists them. What goes on here is a moment ahead of that, and
 * shown as it is here.
 *
 * @param open those that go on here
 */
record RunLists(Database database, Map<RunId, OpenRun> open) {
  private static final Duration SOON = Duration.ofSeconds(1);

  Mono<Page> page(Filter filter, int offset, int limit) {
    return endsAreStored().then(stored(filter, offset, limit));
  }

  /** A list is made by the database: it should say that a run has ended if its log does. */
  private Mono<Void> endsAreStored() {
    return Flux.fromIterable(open.values())
        .filter(run -> run.ended().isPresent())
        .flatMap(OpenRun::isOver)
        .then()
        .timeout(SOON, Mono.empty());
  }

  private Mono<Page> stored(Filter filter, int offset, int limit) {
    return database.call(
        jdbc ->
            new Page(
                RunRows.list(jdbc, filter, offset, limit).stream()
                    .map(RunRows.Row::summary)
                    .map(this::asItIsHere)
                    .toList(),
                RunRows.count(jdbc, filter)));
  }

  Mono<Map<NodeId, LastRun>> lastRuns(Collection<NodeId> nodes) {
    return database.call(jdbc -> asTheyAreHere(LastRunRows.of(jdbc, nodes)));
  }

  private Map<NodeId, LastRun> asTheyAreHere(Map<NodeId, LastRun> stored) {
    Map<RunId, Map<NodeId, NodeResult>> here = new HashMap<>();
    stored.replaceAll(
        (node, last) -> {
          NodeResult result = here.computeIfAbsent(last.run(), this::resultsHere).get(node);
          return result == null ? last : new LastRun(last.run(), last.asked(), result);
        });
    return stored;
  }

  private Map<NodeId, NodeResult> resultsHere(RunId id) {
    OpenRun run = open.get(id);
    return run == null ? Map.of() : run.results();
  }

  private Summary asItIsHere(Summary summary) {
    OpenRun here = open.get(summary.record().id());
    return here == null ? summary : here.summary();
  }
}
