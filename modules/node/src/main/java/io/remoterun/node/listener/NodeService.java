package io.remoterun.node.listener;

import io.remoterun.node.access.AccessPolicy;
import io.remoterun.node.access.AdmittedKeys;
import io.remoterun.node.agent.AgentRuns;
import java.time.Duration;
import org.slf4j.Logger;

/**
 * What all connections of a node share.
 *
 * @param identification how long a peer may take to say who it is, after the TLS handshake
 * @param idle how long a peer may be silent when nothing runs for it
 */
public record NodeService(
    AdmittedKeys keys,
    AccessPolicy policy,
    AgentRuns runs,
    Duration identification,
    Duration idle,
    Logger logger) {}
