/** What Rudder's configuration files have in common. */
@NullMarked
package io.remoterun.protocol.conf;

import org.jspecify.annotations.NullMarked;
