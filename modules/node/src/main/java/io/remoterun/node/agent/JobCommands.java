package io.remoterun.node.agent;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What is run by which name: {@value AgentLauncher#AGENT}, which relays ask for, and the sections
 * of the schedule. Thread-safe.
 */
public final class JobCommands {
  private final AgentCommand agent;
  private volatile Map<String, List<String>> others = Map.of();

  public JobCommands(AgentCommand agent) {
    this.agent = agent;
  }

  /** The words of the agent's command, without conditions. */
  public List<String> agent() {
    return agent.arguments();
  }

  /** The words of all other jobs; those before are forgotten. */
  public void use(Map<String, List<String>> jobs) {
    others = Map.copyOf(jobs);
  }

  /** Other jobs have the agent's environment, too. */
  Optional<AgentCommand> of(String job) {
    return job.equals(AgentLauncher.AGENT)
        ? Optional.of(agent)
        : Optional.ofNullable(others.get(job))
            .map(words -> new AgentCommand(words, agent.environment()));
  }
}
