/** {@code remote-run format}: what agents have printed, rewritten. */
@NullMarked
package io.remoterun.cli.format;

import org.jspecify.annotations.NullMarked;
