/** Drives the product from outside, together with the real programs that it works with. */
@NullMarked
package io.remoterun.e2e;

import org.jspecify.annotations.NullMarked;
