/** What a relay is asked over HTTP, and what it answers; both ends. */
@NullMarked
package io.remoterun.protocol.http;

import org.jspecify.annotations.NullMarked;
