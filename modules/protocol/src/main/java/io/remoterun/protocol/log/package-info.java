/** A run as an append-only log that every hop can be asked for again. */
@NullMarked
package io.remoterun.protocol.log;

import org.jspecify.annotations.NullMarked;
