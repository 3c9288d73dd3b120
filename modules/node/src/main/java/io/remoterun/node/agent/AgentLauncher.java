package io.remoterun.node.agent;

import java.io.IOException;
import java.util.Optional;

/** Starts agents: by itself, or by having somebody start them who may. */
public interface AgentLauncher {
  /** The job that each node has. */
  String AGENT = "agent";

  /**
   * Blocks until the agent has been started.
   *
   * @throws LaunchFailure when it is not, and a layer other than the agent says why
   * @throws IOException when it cannot be started
   */
  LaunchedAgent launch(LaunchRequest request) throws IOException;

  /** What somebody should know before the first run, if anything. Blocks, starts no agent. */
  Optional<String> hindrance();
}
