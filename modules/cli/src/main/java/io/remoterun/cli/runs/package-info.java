/** Runs from the command line: begin, list, show, cancel, try again. */
@NullMarked
package io.remoterun.cli.runs;

import org.jspecify.annotations.NullMarked;
