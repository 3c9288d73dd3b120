package io.remoterun.node.schedule;

import java.time.Instant;
import java.time.ZoneId;

/**
 * A look at the clocks.
 *
 * @param now by the wall clock, which people and machines put forward and back
 * @param nanos by a clock that only goes forward, from any beginning; it may stand still while the
 *     machine sleeps
 */
record Look(Instant now, long nanos, ZoneId zone) {}
