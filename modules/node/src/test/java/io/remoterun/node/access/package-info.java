@NullMarked
package io.remoterun.node.access;

import org.jspecify.annotations.NullMarked;
