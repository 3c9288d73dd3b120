/**
 * What starts the agent, and ends it. It may run as root: it uses nothing but the JDK and the C
 * library, and is small enough to be read in one go.
 */
@NullMarked
package io.remoterun.helper;

import org.jspecify.annotations.NullMarked;
