package io.remoterun.node.schedule;

import java.time.Duration;
import java.util.List;
import java.util.regex.Pattern;

/**
 * A command that the node runs by itself.
 *
 * @param name letters, digits, {@code -} and {@code _}; at most 64
 * @param command the program and its arguments
 * @param longest that a run may take before it is ended; 1 s to 365 days
 * @param atOnce how many of its runs may go on at once; at least 1
 */
record Section(String name, List<String> command, Timing timing, Duration longest, int atOnce) {
  static final Duration DEFAULT_LONGEST = Duration.ofHours(1);

  private static final Pattern NAME = Pattern.compile("[a-zA-Z0-9_-]{1,64}");
  private static final int MOST_AT_ONCE = 100;

  /** More would be the same as no limit, or more than a clock can count. */
  private static final Duration MOST_LONGEST = Duration.ofDays(365);

  /**
   * @throws IllegalArgumentException that names the key, in the words of {@code agentd.conf}
   */
  Section {
    command = List.copyOf(command);
    valid(NAME.matcher(name).matches(), "a section's name is 1 to 64 of a-z A-Z 0-9 _ -");
    valid(!name.equals(Job.SCHEDULED_AGENT), "no section may have the name " + name);
    valid(
        longest.compareTo(Duration.ofSeconds(1)) >= 0 && longest.compareTo(MOST_LONGEST) <= 0,
        "max_execution_duration must be between 1 s and 365 days");
    valid(
        atOnce >= 1 && atOnce <= MOST_AT_ONCE,
        "max_concurrent_executions must be between 1 and " + MOST_AT_ONCE);
  }

  /** The agent every 5 min. */
  static Section byDefault(List<String> agent) {
    return new Section("agent", agent, Timing.every(Timing.DEFAULT_PERIOD), DEFAULT_LONGEST, 1);
  }

  /** Whether it is the agent, perhaps with other options: the first words are the same. */
  boolean runsAgent(List<String> agent) {
    List<String> words = wordsOf(agent);
    return command.size() >= words.size() && command.subList(0, words.size()).equals(words);
  }

  /** What makes a command the agent's: those before the first option, unless it is only one. */
  static List<String> wordsOf(List<String> agent) {
    List<String> words = agent.stream().takeWhile(word -> !word.startsWith("-")).toList();
    return words.size() > 1 ? words : agent;
  }

  /** Whether it may do what the agent's command does: then never both at once. */
  boolean runsProgramOf(List<String> agent) {
    return command.getFirst().equals(agent.getFirst());
  }

  private static void valid(boolean valid, String problem) {
    if (!valid) {
      throw new IllegalArgumentException(problem);
    }
  }
}
