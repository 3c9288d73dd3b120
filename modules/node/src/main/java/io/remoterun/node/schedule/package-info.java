/** What the node runs by itself, and when: Rudder's {@code agentd.conf}. */
@NullMarked
package io.remoterun.node.schedule;

import org.jspecify.annotations.NullMarked;
