/**
 * What a run is: who is asked, what happened, in the order in which it happened. Nothing here knows
 * how it travels.
 */
@NullMarked
package io.remoterun.protocol.run;

import org.jspecify.annotations.NullMarked;
