@NullMarked
package io.remoterun.testing;

import org.jspecify.annotations.NullMarked;
