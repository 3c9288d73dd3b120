package io.remoterun.webapp.api;

import io.remoterun.protocol.run.NodeId;
import io.remoterun.protocol.run.RunEvent;
import io.remoterun.protocol.run.RunFailure;
import io.remoterun.protocol.run.RunFailure.Kind;

/** What is said instead of the rest of an answer when the webapp ends before the run does. */
final class LastWord {
  static final String WORDS = "the webapp was stopped before the run had ended; the run goes on";

  private LastWord() {}

  /** For who reads output and cannot ask for the rest of it. */
  static RunEvent to(NodeId node) {
    return new RunEvent.Failed(node, new RunFailure(Kind.INTERRUPTED, "webapp", WORDS));
  }
}
