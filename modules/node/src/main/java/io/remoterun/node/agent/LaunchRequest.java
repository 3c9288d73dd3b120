package io.remoterun.node.agent;

import io.remoterun.protocol.run.Condition;
import io.remoterun.protocol.run.RunId;
import java.util.List;

/**
 * What is to be started.
 *
 * @param job {@link AgentLauncher#AGENT}, or what else the launcher has a command for
 * @param askedBy for logs, in words
 */
public record LaunchRequest(String job, RunId id, List<Condition> conditions, String askedBy) {
  public LaunchRequest {
    conditions = List.copyOf(conditions);
  }
}
