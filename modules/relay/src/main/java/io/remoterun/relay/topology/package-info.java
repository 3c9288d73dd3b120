/** What is below this relay, and which way leads there. */
@NullMarked
package io.remoterun.relay.topology;

import org.jspecify.annotations.NullMarked;
