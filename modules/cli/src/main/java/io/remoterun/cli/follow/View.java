package io.remoterun.cli.follow;

import io.remoterun.protocol.run.RunEvent;
import java.io.IOException;
import java.util.Optional;

/** Where a run's events go. */
interface View {

  /** Before the first event. */
  default void begin(KnownRun run) throws IOException {}

  /**
   * @param event if it is one that is known
   * @param line of the webapp, that tells it
   * @param rows of the table that come of it
   */
  void event(Optional<RunEvent> event, String line, String rows) throws IOException;

  /**
   * @param line of the webapp, that counts
   * @param summary for people
   */
  void end(String line, String summary) throws IOException;
}
