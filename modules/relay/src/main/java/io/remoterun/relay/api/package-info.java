/** The relay's HTTP API: who may ask, what is asked, how it is answered. */
@NullMarked
package io.remoterun.relay.api;

import org.jspecify.annotations.NullMarked;
