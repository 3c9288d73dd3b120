/** The agent as a process: started, listened to, ended. */
@NullMarked
package io.remoterun.node.agent;

import org.jspecify.annotations.NullMarked;
