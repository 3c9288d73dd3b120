package io.remoterun.node.status;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * How a node is, in the words of the JSON that its socket answers with (docs/node-schedule.md).
 * What a later version adds is not looked at by an earlier one.
 *
 * @param node its id
 * @param version of the program
 * @param since when it runs
 * @param now when this was true
 * @param disabled the file that keeps the agent from being run, if it is there
 * @param connections of relays that are open
 * @param running what is run now
 * @param waiting what waits for its turn
 * @param last the runs that are over, the newest first
 */
public record NodeStatus(
    String node,
    String version,
    Instant since,
    Instant now,
    @Nullable String disabled,
    int connections,
    List<Run> running,
    List<Run> waiting,
    List<Ended> last,
    Schedule schedule) {

  /** The longest that a start may be late: the clock is looked at more often. */
  private static final Duration LATE = Duration.ofMinutes(2);

  /**
   * @param job {@code agent}, or a section of agentd.conf
   * @param askedBy {@code schedule}, or whose request it is
   */
  public record Run(
      String id, String job, List<String> conditions, String askedBy, Instant since) {}

  /**
   * @param agent whether it was a run of the agent, perhaps with options of a section's own
   * @param end in words
   */
  public record Ended(Run run, boolean agent, long milliseconds, boolean failed, String end) {}

  /**
   * @param enabled whether the node runs anything by itself
   * @param problems what is not used of the files, or not run as they say
   */
  public record Schedule(boolean enabled, List<Section> sections, List<String> problems) {}

  /**
   * @param last when it was started last, if this process or an earlier one did so
   */
  public record Section(String name, List<String> command, Instant next, @Nullable Instant last) {}

  /** What somebody should look at; nothing if all is fine. */
  public List<String> worries() {
    List<String> worries = new ArrayList<>(schedule.problems);
    if (disabled != null) {
      worries.add("the agent is disabled: there is " + disabled);
    }
    for (Section section : schedule.sections) {
      if (section.next.plus(LATE).isBefore(now)) {
        worries.add("section " + section.name + " should have been started at " + section.next);
      }
    }
    last.stream()
        .filter(run -> run.agent || run.run.job.equals("agent"))
        .findFirst()
        .filter(Ended::failed)
        .ifPresent(run -> worries.add("the last run of the agent failed: " + run.end));
    return worries;
  }

  /** JSON of another program may have left out anything. */
  public NodeStatus {
    Objects.requireNonNull(node, "node");
    Objects.requireNonNull(now, "now");
    Objects.requireNonNull(schedule, "schedule");
  }
}
