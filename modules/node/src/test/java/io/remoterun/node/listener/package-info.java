@NullMarked
package io.remoterun.node.listener;

import org.jspecify.annotations.NullMarked;
