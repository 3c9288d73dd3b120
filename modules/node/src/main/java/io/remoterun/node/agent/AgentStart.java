package io.remoterun.node.agent;

/** Who starts the agent. */
public enum AgentStart {
  /** This program does, with its own user: root's in a container. */
  DIRECT,
  /** A helper that is root, which systemd starts for each run. */
  HELPER,
  /** A helper that is root, which sudo starts for each run. */
  SUDO
}
