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
   * @param full hears, if so, that there turned out to be no room, and why; on another thread
   * @return why there is no room for it now, if so: then it is to be tried again; also a start that
   *     was left out for good is no such reason
   */
  Optional<String> start(Section section, Consumer<String> full);
}
