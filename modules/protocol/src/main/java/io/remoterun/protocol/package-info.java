/** What all roles share; no Spring. */
@NullMarked
package io.remoterun.protocol;

import org.jspecify.annotations.NullMarked;
