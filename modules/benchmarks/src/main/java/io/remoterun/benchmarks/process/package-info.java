/** The measured parts as processes of their own, with a heap and flags of their own. */
@NullMarked
package io.remoterun.benchmarks.process;

import org.jspecify.annotations.NullMarked;
