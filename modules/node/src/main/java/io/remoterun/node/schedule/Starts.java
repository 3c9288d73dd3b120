package io.remoterun.node.schedule;

import java.util.List;
import java.util.function.Consumer;

/** Starts what is due. */
interface Starts {
  /** What becomes of a start. */
  sealed interface Outcome {
    /** There is a run, or one that waits for its turn. */
    record Made() implements Outcome {}

    /** There is no room for it now: it is to be tried again. */
    record Full(String why) implements Outcome {}

    /** Nothing is run this time; why has been logged. */
    record LeftOut() implements Outcome {}
  }

  /** What there is to start from now on. */
  void use(List<Section> sections);

  /**
   * Does not wait for the run.
   *
   * @param inVain hears, if so, that nothing came of it after all, that it is to be tried again,
   *     and why; on another thread, which may block
   */
  Outcome start(Section section, Consumer<String> inVain);

  /** Whether its last run has not begun, because it waits for its turn; on any thread. */
  boolean waits(Section section);

  /** What could not be started as it is planned, and what is done about it; on any thread. */
  List<Problem> problems();
}
