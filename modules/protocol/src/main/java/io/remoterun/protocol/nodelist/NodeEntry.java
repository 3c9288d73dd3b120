package io.remoterun.protocol.nodelist;

import io.remoterun.protocol.keys.KeyHash;
import io.remoterun.protocol.run.NodeId;
import java.util.Optional;

/** One node of Rudder's node list. */
public record NodeEntry(
    NodeId id, String hostname, Optional<KeyHash> keyHash, NodeId policyServer) {}
