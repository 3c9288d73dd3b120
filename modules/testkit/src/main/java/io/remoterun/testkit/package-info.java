/**
 * What tests of several modules need: hosts with keys, peers that play a script, programs that may
 * be missing, logs that are looked at.
 */
@NullMarked
package io.remoterun.testkit;

import org.jspecify.annotations.NullMarked;
