@NullMarked
package io.remoterun.relay.transport;

import org.jspecify.annotations.NullMarked;
