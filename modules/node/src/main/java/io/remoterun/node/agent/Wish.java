package io.remoterun.node.agent;

import io.remoterun.protocol.run.Condition;
import io.remoterun.protocol.run.RunId;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * That something is run.
 *
 * @param id the caller's name for the run, if it has one: then it may ask for it again
 * @param job a name of {@link JobCommands}
 * @param conditions for the agent; other jobs take none
 * @param askedBy whose wish it is, in words
 * @param longest that the run may take, if it is not what is configured for all
 */
public record Wish(
    Optional<RunId> id,
    String job,
    List<Condition> conditions,
    String askedBy,
    Optional<Duration> longest) {

  public Wish {
    conditions = List.copyOf(conditions);
  }

  /** A relay's. */
  public static Wish of(Optional<RunId> id, List<Condition> conditions, String askedBy) {
    return new Wish(id, AgentLauncher.AGENT, conditions, askedBy, Optional.empty());
  }

  /** The schedule's. */
  public static Wish scheduled(String job, List<Condition> conditions, Duration longest) {
    return new Wish(Optional.empty(), job, conditions, "schedule", Optional.of(longest));
  }

  LaunchRequest request(RunId run) {
    return new LaunchRequest(job, run, conditions, askedBy);
  }

  /** Whether one run does for both; to the agent the order of conditions means nothing. */
  boolean isLike(Wish other) {
    return job.equals(other.job) && Set.copyOf(conditions).equals(Set.copyOf(other.conditions));
  }
}
