/** Measurements beside the real peers: printed tables, ratios within one run, never a test. */
@NullMarked
package io.remoterun.benchmarks;

import org.jspecify.annotations.NullMarked;
