package io.remoterun.node.schedule;

import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/** Starts what is due. */
interface Starts {
  /** What there is to start from now on. */
  void use(List<Section> sections);

  /**
   * Does not wait for the run.
   *
   * @param inVain hears, if so, that nothing came of it after all, that it is to be tried again,
   *     and why; on another thread, which may block
   * @return why there is no room for it now, if so: then it is to be tried again; also a start that
   *     was left out for good is no such reason
   */
  Optional<String> start(Section section, Consumer<String> inVain);

  /** Whether its last run has not begun, because it waits for its turn; on any thread. */
  boolean waits(Section section);

  /** What could not be started as it is planned, and what is done about it; on any thread. */
  List<Problem> problems();
}
