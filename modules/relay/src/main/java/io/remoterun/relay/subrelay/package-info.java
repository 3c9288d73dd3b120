/** The relays below this one. */
@NullMarked
package io.remoterun.relay.subrelay;

import org.jspecify.annotations.NullMarked;
