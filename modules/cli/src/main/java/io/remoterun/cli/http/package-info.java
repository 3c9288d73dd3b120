/** The webapp's API, as the command line asks it. */
@NullMarked
package io.remoterun.cli.http;

import org.jspecify.annotations.NullMarked;
