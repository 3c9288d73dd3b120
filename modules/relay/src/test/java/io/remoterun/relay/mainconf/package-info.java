@NullMarked
package io.remoterun.relay.mainconf;

import org.jspecify.annotations.NullMarked;
