/** Rudder's node list, as the webapp and the relays read it. */
@NullMarked
package io.remoterun.protocol.nodelist;

import org.jspecify.annotations.NullMarked;
