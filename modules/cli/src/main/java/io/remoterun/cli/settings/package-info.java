/** Where the webapp is and who asks it: flags, environment, a file, in that order. */
@NullMarked
package io.remoterun.cli.settings;

import org.jspecify.annotations.NullMarked;
