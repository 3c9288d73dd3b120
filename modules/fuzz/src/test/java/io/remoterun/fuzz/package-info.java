/** What the fuzz tests share. */
@NullMarked
package io.remoterun.fuzz;

import org.jspecify.annotations.NullMarked;
