package io.remoterun.node.schedule;

import io.remoterun.protocol.run.RunEvent;
import io.remoterun.protocol.run.RunFailure;
import io.remoterun.protocol.run.RunFailure.Kind;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;

/**
 * What a helper that is root refuses to run. It has the last word, and may not know a section, or
 * not allow its conditions. Where that one runs the agent, the agent is run in its place as relays
 * ask for it, which each helper knows: also then a node is not left without agent runs. Each time
 * the section itself is tried first, so all is well as soon as the helper's settings are.
 * Thread-safe.
 */
final class Refusals {
  /** The end of what has begun. One that was cancelled before is soon tried, and refused, again. */
  private static final Set<Kind> BEGAN = EnumSet.of(Kind.STOPPED, Kind.INTERRUPTED);

  private final List<String> agent;
  private final Logger logger;
  private final Map<Section, Problem> refused = new ConcurrentHashMap<>();

  /** In the place of these the agent is to be run. */
  private final Set<Section> replaced = ConcurrentHashMap.newKeySet();

  /**
   * @param agent the words of the agent's command
   */
  Refusals(List<String> agent, Logger logger) {
    this.agent = agent;
    this.logger = logger;
  }

  /** All others are forgotten. */
  void keep(List<Section> sections) {
    refused.keySet().retainAll(sections);
    replaced.retainAll(sections);
  }

  List<Problem> problems() {
    return refused.values().stream().sorted(Comparator.comparing(Problem::place)).toList();
  }

  /** As what the section is to be started now. */
  Job job(Section section) {
    return replaced.contains(section) ? Job.AGENT : itself(section);
  }

  /** It was started: the next time it is tried itself again. */
  void started(Section section) {
    replaced.remove(section);
  }

  /**
   * The first event of its run, which tells whether anything was executed. After {@link #started}.
   *
   * @param job as what the section was started
   * @return why it is to be started again, if so
   */
  Optional<String> hear(Section section, Job job, RunEvent first) {
    boolean isItself = job.equals(itself(section));
    RunFailure failure = first instanceof RunEvent.Failed failed ? failed.failure() : null;
    if (failure != null && failure.kind() == Kind.REFUSED) {
      return refused(section, isItself, failure.reason());
    }
    if (failure != null && failure.kind() == Kind.OVERLOADED) {
      if (!isItself) {
        replaced.add(section);
      }
      return Optional.of(failure.reason());
    }
    if (isItself && (failure == null || BEGAN.contains(failure.kind()))) {
      refused.remove(section);
    }
    return Optional.empty();
  }

  private Optional<String> refused(Section section, boolean isItself, String reason) {
    if (isItself && section.runsAgent(agent) && !itself(section).equals(Job.AGENT)) {
      replaced.add(section);
      String words = "the agent is run in its place, as job.agent: " + reason;
      tell(section, words);
      return Optional.of(words);
    }
    tell(section, "it is not run: " + reason);
    return Optional.empty();
  }

  private Job itself(Section section) {
    return Job.of(section, agent);
  }

  /** Once in the log, not at each start. */
  private void tell(Section section, String words) {
    Problem problem = new Problem("section " + section.name(), words);
    if (!problem.equals(refused.put(section, problem))) {
      logger.warn("{}", problem);
    }
  }
}
