/**
 * What is on the way to a node, step by step, without a run: is it well, and if not, what to do.
 */
@NullMarked
package io.remoterun.protocol.check;

import org.jspecify.annotations.NullMarked;
