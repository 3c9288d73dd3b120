/**
 * Starts a process with nothing of this one's but what it is given, hears it, and ends it with its
 * descendants: what Java has no words for. It may run as root: it uses nothing but the JDK and the
 * C library, and is small enough to be read in one go.
 */
@NullMarked
package io.remoterun.process;

import org.jspecify.annotations.NullMarked;
