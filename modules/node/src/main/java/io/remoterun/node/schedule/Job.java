package io.remoterun.node.schedule;

import io.remoterun.node.agent.AgentLauncher;
import io.remoterun.protocol.run.BadRequest;
import io.remoterun.protocol.run.Condition;
import java.util.List;
import java.util.regex.Pattern;

/**
 * What a section is called where it is run. One whose command is the agent's, perhaps with {@code
 * -D CONDITIONS} at its end, is the agent: relays get into its runs, and it gets into theirs.
 * Others have their own names, which the settings of a root helper have to know.
 */
record Job(String name, List<Condition> conditions) {
  /** What a relay asks for, and what a helper that is root always has. */
  static final Job AGENT = new Job(AgentLauncher.AGENT, List.of());

  /** Of a section that is called as the agent is, and has another command. */
  static final String SCHEDULED_AGENT = "scheduled-agent";

  private static final Pattern COMMA = Pattern.compile(",");

  static Job of(Section section, List<String> agent) {
    List<String> words = section.command();
    if (words.equals(agent)) {
      return AGENT;
    }
    int size = agent.size();
    if (words.size() == size + 2
        && words.subList(0, size).equals(agent)
        && words.get(size).equals("-D")) {
      try {
        return new Job(
            AgentLauncher.AGENT, COMMA.splitAsStream(words.getLast()).map(Condition::new).toList());
      } catch (BadRequest e) {
        // Then it is a command like any other.
      }
    }
    String name = section.name();
    return new Job(name.equals(AgentLauncher.AGENT) ? SCHEDULED_AGENT : name, List.of());
  }
}
