@NullMarked
package io.remoterun.node.agent;

import org.jspecify.annotations.NullMarked;
