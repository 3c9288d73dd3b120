@NullMarked
package io.remoterun.relay;

import org.jspecify.annotations.NullMarked;
