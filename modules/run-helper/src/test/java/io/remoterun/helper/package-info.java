@NullMarked
package io.remoterun.helper;

import org.jspecify.annotations.NullMarked;
