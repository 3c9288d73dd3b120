package io.remoterun.webapp.runs;

import io.remoterun.protocol.run.RunId;
import java.time.Instant;

/**
 * The newest run of a node.
 *
 * @param asked when it was asked for
 * @param result how it stands on this node
 */
public record LastRun(RunId run, Instant asked, NodeResult result) {}
