@NullMarked
package io.remoterun.app;

import org.jspecify.annotations.NullMarked;
