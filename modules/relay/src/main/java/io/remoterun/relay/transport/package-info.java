/** The ways from a relay to a node that it manages. */
@NullMarked
package io.remoterun.relay.transport;

import org.jspecify.annotations.NullMarked;
