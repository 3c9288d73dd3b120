@NullMarked
package io.remoterun.process;

import org.jspecify.annotations.NullMarked;
