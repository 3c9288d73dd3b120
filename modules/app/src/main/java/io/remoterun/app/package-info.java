/** The one program: it starts the roles that the active profiles name, or the demo. */
@NullMarked
package io.remoterun.app;

import org.jspecify.annotations.NullMarked;
