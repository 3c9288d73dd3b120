package io.remoterun.relay.runs;

import io.remoterun.protocol.run.NodeId;
import io.remoterun.protocol.run.RunRequest;
import io.remoterun.relay.topology.Fleet;
import java.util.List;

/**
 * What a run is about, for all of its routes.
 *
 * @param fleet the version that the run began with
 * @param path the relays that the request has come through, the first one first
 */
public record Order(Fleet fleet, RunRequest request, List<NodeId> path, Cancel cancel) {}
