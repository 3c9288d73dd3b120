@NullMarked
package io.remoterun.node.status;

import org.jspecify.annotations.NullMarked;
