@NullMarked
package io.remoterun.node.schedule;

import org.jspecify.annotations.NullMarked;
