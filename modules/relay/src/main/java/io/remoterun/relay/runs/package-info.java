/** The runs that this relay knows: begun, followed, asked for again, cancelled, forgotten. */
@NullMarked
package io.remoterun.relay.runs;

import org.jspecify.annotations.NullMarked;
