package io.remoterun.protocol.nodelist;

import io.remoterun.protocol.keys.KeyHash;
import io.remoterun.protocol.run.NodeId;
import java.util.Optional;

/**
 * One node of Rudder's node list.
 *
 * @param hostname where it is reached: a name or an address
 * @param keyHash of the one key that is its own; empty while it has none
 * @param policyServer the relay, or the root server, that manages it
 */
public record NodeEntry(
    NodeId id, String hostname, Optional<KeyHash> keyHash, NodeId policyServer) {}
