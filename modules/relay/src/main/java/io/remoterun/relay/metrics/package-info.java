/** What the relay counts, for Prometheus. */
@NullMarked
package io.remoterun.relay.metrics;

import org.jspecify.annotations.NullMarked;
