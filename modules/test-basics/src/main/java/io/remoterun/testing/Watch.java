package io.remoterun.testing;

import java.util.List;

/** Looks at one kind of thing that a test may leave behind, since the watch was set. */
interface Watch {
  /** What is left by now, one line each; it may still go away by itself. */
  List<String> left();

  /** Ends the watch. */
  default void end() {}
}
