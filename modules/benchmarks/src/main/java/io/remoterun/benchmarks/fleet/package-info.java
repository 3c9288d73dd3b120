/**
 * Thousands of simulated nodes on loopback, with real TLS and the real protocol, in one process.
 */
@NullMarked
package io.remoterun.benchmarks.fleet;

import org.jspecify.annotations.NullMarked;
