/** The port at which relays ask for runs, in CFEngine's protocol. */
@NullMarked
package io.remoterun.node.listener;

import org.jspecify.annotations.NullMarked;
