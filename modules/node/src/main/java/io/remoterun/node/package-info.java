/** The node's role: it lets admitted relays start this machine's agent, and nothing else. */
@NullMarked
package io.remoterun.node;

import org.jspecify.annotations.NullMarked;
