/**
 * The helper that is root where the node is not. It uses nothing but the JDK and what starts the
 * agent's process, and is small enough to be read in one go.
 */
@NullMarked
package io.remoterun.helper;

import org.jspecify.annotations.NullMarked;
