/** Looks at the ways to nodes, without a run. */
@NullMarked
package io.remoterun.relay.checks;

import org.jspecify.annotations.NullMarked;
