/** Whether a role can do its work, and what keeps it from it. */
@NullMarked
package io.remoterun.operations.health;

import org.jspecify.annotations.NullMarked;
