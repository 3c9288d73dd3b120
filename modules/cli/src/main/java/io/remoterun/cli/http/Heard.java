package io.remoterun.cli.http;

import io.remoterun.protocol.run.RunEvent;
import java.util.Optional;

/** What is heard of a run. */
public sealed interface Heard {

  /**
   * A line of the run's events.
   *
   * @param event empty where it is one that this program does not know, and of the summary
   */
  record Line(String line, Optional<RunEvent> event) implements Heard {}

  /** The summary, after which nothing more comes. */
  record End(String line) implements Heard {}

  /** There is no connection; it is tried again. */
  record Lost(String why) implements Heard {}

  /** There is a connection again. */
  record Back() implements Heard {}

  /** There will be none. */
  record GivenUp(String why) implements Heard {}
}
