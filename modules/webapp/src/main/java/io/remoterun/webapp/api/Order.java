package io.remoterun.webapp.api;

import io.remoterun.protocol.run.Condition;
import io.remoterun.protocol.run.NodeId;
import io.remoterun.protocol.run.Printable;
import io.remoterun.protocol.run.RunId;
import io.remoterun.webapp.runs.Caller;
import io.remoterun.webapp.runs.RunRecord;
import io.remoterun.webapp.runs.Targets;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * What somebody wants to be run.
 *
 * @param key the caller's own name for this request, if it gave one
 */
record Order(
    Targets targets,
    List<Condition> conditions,
    RunRecord.How how,
    Optional<RunId> retryOf,
    Optional<String> key) {
  // Together with what is always said no more than an entry of the audit log can have.
  private static final int MOST_OF_TARGETS = 500;
  private static final int MOST_OF_CONDITIONS = 800;
  private static final int MOST_OF_IDS = 2000;

  RunRecord record(Caller by) {
    return new RunRecord(RunId.random(), targets, conditions, how, by, Instant.now(), retryOf);
  }

  /** Whether the run is what this asks for. */
  boolean isFor(RunRecord run) {
    return run.targets().equals(targets)
        && run.conditions().equals(conditions)
        && run.how().equals(how)
        && run.retryOf().equals(retryOf);
  }

  /** For logs. */
  @Override
  public String toString() {
    return words(targets)
        + " with conditions "
        + conditions
        + retryOf.map(run -> ", once more after run " + run).orElse("");
  }

  /** For the audit log: all of it, and for which nodes it is in the end. */
  String details(List<NodeId> nodes) {
    String asked =
        Printable.of(shortly(targets), MOST_OF_TARGETS)
            + " with conditions "
            + Printable.of(conditions.toString(), MOST_OF_CONDITIONS)
            + ", deadline "
            + how.deadline()
            + (how.concurrency().isPresent() ? ", concurrency " + how.concurrency().getAsInt() : "")
            + ", stop after "
            + how.stopAfter()
            + retryOf.map(run -> ", once more after run " + run).orElse("");
    return asked + "; " + NodesInWords.of(nodes, MOST_OF_IDS);
  }

  private static String shortly(Targets targets) {
    return targets instanceof Targets.Nodes(List<NodeId> ids) && ids.size() > 1
        ? ids.size() + " nodes"
        : words(targets);
  }

  private static String words(Targets targets) {
    return switch (targets) {
      case Targets.Nodes(List<NodeId> ids) when ids.size() == 1 -> "node " + ids.getFirst();
      case Targets.Nodes(List<NodeId> ids) -> ids.size() + " nodes " + ids;
      case Targets.All() -> "all nodes";
      case Targets.Group(String name) -> "group " + name;
      case Targets.Query(String text) -> "nodes with " + text;
    };
  }
}
