/** Looking at every way that a run goes, step by step: what is wrong there, and what to do. */
@NullMarked
package io.remoterun.cli.doctor;

import org.jspecify.annotations.NullMarked;
