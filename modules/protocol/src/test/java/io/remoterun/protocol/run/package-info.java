@NullMarked
package io.remoterun.protocol.run;

import org.jspecify.annotations.NullMarked;
