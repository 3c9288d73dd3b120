package io.remoterun.protocol.log;

import io.remoterun.protocol.run.RunEvent;

/**
 * An event at its place in a log.
 *
 * @param before how many bytes its node had printed before it
 */
record Slot(long sequence, RunEvent event, long before) {}
