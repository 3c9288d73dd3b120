/** Where the command line's words come from and go to. */
@NullMarked
package io.remoterun.cli.console;

import org.jspecify.annotations.NullMarked;
