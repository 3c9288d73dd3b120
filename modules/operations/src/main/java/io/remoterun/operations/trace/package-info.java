/** Traces of runs, from hop to hop; off unless somebody wants them. */
@NullMarked
package io.remoterun.operations.trace;

import org.jspecify.annotations.NullMarked;
