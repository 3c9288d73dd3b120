@NullMarked
package io.remoterun.benchmarks;

import org.jspecify.annotations.NullMarked;
