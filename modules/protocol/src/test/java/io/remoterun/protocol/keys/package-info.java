@NullMarked
package io.remoterun.protocol.keys;

import org.jspecify.annotations.NullMarked;
