/** Who may have the agent run, and with which conditions. What is not allowed is denied. */
@NullMarked
package io.remoterun.node.access;

import org.jspecify.annotations.NullMarked;
