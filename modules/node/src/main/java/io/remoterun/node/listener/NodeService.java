package io.remoterun.node.listener;

import io.remoterun.node.access.AccessPolicy;
import io.remoterun.node.agent.AgentRuns;
import java.time.Duration;
import java.util.function.Supplier;
import org.slf4j.Logger;

/**
 * What all connections of a node share.
 *
 * @param access what holds now
 */
public record NodeService(
    Supplier<AccessPolicy> access, AgentRuns runs, Deadlines deadlines, Logger logger) {

  /**
   * How long peers may take.
   *
   * @param hello from the first byte of the TLS hello to its last
   * @param handshake for TLS
   * @param identification to say who they are, after the TLS handshake
   * @param idle to ask for something when nothing runs for them
   * @param send to take something of what is sent to them
   */
  public record Deadlines(
      Duration hello, Duration handshake, Duration identification, Duration idle, Duration send) {}
}
