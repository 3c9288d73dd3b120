/** How the node is, told to whoever may open its socket. */
@NullMarked
package io.remoterun.node.status;

import org.jspecify.annotations.NullMarked;
