@NullMarked
package io.remoterun.node;

import org.jspecify.annotations.NullMarked;
