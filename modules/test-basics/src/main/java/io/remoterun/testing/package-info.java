/** What tests of every module need: to wait for something, and to see what they leave behind. */
@NullMarked
package io.remoterun.testing;

import org.jspecify.annotations.NullMarked;
