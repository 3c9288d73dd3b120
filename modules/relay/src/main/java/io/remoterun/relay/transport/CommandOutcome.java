package io.remoterun.relay.transport;

import io.remoterun.protocol.run.ExitStatus;
import io.remoterun.protocol.run.NodeId;
import io.remoterun.protocol.run.Printable;
import io.remoterun.protocol.run.RunEvent;
import io.remoterun.protocol.run.RunFailure;
import io.remoterun.protocol.run.RunFailure.Kind;
import java.time.Duration;
import java.util.List;
import java.util.function.Function;

/**
 * What the end of a command says about its nodes. A command of one host ends as its agent does, but
 * for status 1, with which Rudder's says that the agent could not be run. With several hosts 0 is
 * all that can be understood, and not as the status of each.
 *
 * @param hop who triggers
 * @param hosts how many the command was given
 */
record CommandOutcome(String hop, List<String> command, int hosts) {
  private static final int COULD_NOT_RUN = 1;

  Function<NodeId, RunEvent> ended(int status) {
    boolean isAlone = hosts == 1;
    if (isAlone && status != COULD_NOT_RUN) {
      return node -> new RunEvent.Finished(node, ExitStatus.code(status));
    }
    if (status == 0) {
      return node -> new RunEvent.Finished(node, new ExitStatus.NotReported());
    }
    String meaning =
        isAlone
            ? "the agent could not be run"
            : "it does not tell for which of its " + hosts + " hosts";
    return failed(Kind.AGENT, "ended with exit status " + status + ": " + meaning);
  }

  Function<NodeId, RunEvent> cannotStart(Throwable error) {
    return failed(
        Kind.AGENT, "cannot be started: " + Printable.of(String.valueOf(error.getMessage())));
  }

  Function<NodeId, RunEvent> silentFor(Duration time) {
    return failed(Kind.TIMEOUT, "printed nothing for " + CfengineTransport.words(time));
  }

  Function<NodeId, RunEvent> notOverAfter(Duration time) {
    return failed(Kind.TIMEOUT, "is not over after " + CfengineTransport.words(time));
  }

  Function<NodeId, RunEvent> cancelled(boolean hasBegun) {
    return hasBegun
        ? failed(Kind.UNCONFIRMED, "was ended, because the run was cancelled")
        : failed(Kind.STOPPED, "was not started, because the run was cancelled");
  }

  Function<NodeId, RunEvent> broken(Throwable defect) {
    return failed(Kind.INTERNAL, "was lost: " + Printable.of(defect.toString()));
  }

  private Function<NodeId, RunEvent> failed(Kind kind, String what) {
    String reason = "command '" + Printable.of(String.join(" ", command)) + "' " + what;
    return node -> new RunEvent.Failed(node, new RunFailure(kind, hop, reason));
  }
}
