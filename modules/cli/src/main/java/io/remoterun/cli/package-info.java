/** The command line: what people and scripts do with a fleet, through the webapp's API. */
@NullMarked
package io.remoterun.cli;

import org.jspecify.annotations.NullMarked;
