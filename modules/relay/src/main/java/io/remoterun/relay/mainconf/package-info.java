/** relayd's own configuration file, {@code main.conf}, read as the relay's settings. */
@NullMarked
package io.remoterun.relay.mainconf;

import org.jspecify.annotations.NullMarked;
