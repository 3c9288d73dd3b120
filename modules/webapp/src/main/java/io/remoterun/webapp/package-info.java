@NullMarked
package io.remoterun.webapp;

import org.jspecify.annotations.NullMarked;
