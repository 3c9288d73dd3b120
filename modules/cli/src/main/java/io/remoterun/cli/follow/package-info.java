/** Watching a run: its events, what is shown of them, and the person who may want to leave. */
@NullMarked
package io.remoterun.cli.follow;

import org.jspecify.annotations.NullMarked;
