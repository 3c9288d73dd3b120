/**
 * CFEngine's remote execution protocol, both ends, without a socket: bytes in, actions out. Facts
 * were read in CFEngine's sources and seen on the wire with CFEngine 3.21.0.
 */
@NullMarked
package io.remoterun.protocol.cfengine;

import org.jspecify.annotations.NullMarked;
