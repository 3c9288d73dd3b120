/** What webapp and relay count, for Prometheus: the same way in both. */
@NullMarked
package io.remoterun.operations.metrics;

import org.jspecify.annotations.NullMarked;
