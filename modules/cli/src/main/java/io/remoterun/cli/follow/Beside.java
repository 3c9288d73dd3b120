package io.remoterun.cli.follow;

import io.remoterun.cli.console.Shell;
import io.remoterun.protocol.run.ExitStatus;
import io.remoterun.protocol.run.NodeId;
import io.remoterun.protocol.run.RunEvent;
import io.remoterun.protocol.run.RunFailure;

/** What a person has to know where nothing but the bytes of the agents may be among these. */
final class Beside {
  private Beside() {}

  /**
   * On standard error, a line: that bytes are missing.
   *
   * @param tellsFailures whether also that an agent could not run, or ended badly
   */
  static void tell(Shell shell, KnownRun run, RunEvent event, boolean tellsFailures) {
    switch (event) {
      case RunEvent.Gap gap -> say(shell, run, gap.node(), gap.bytes() + " bytes are missing");
      case RunEvent.Failed(NodeId node, RunFailure failure) when tellsFailures ->
          say(shell, run, node, failure.toString());
      case RunEvent.Finished(NodeId node, ExitStatus status)
          when tellsFailures && status.isFailure() ->
          say(shell, run, node, status.toString());
      default -> {}
    }
  }

  private static void say(Shell shell, KnownRun run, NodeId node, String what) {
    shell.problems().say("remote-run: " + run.name(node) + ": " + what);
  }
}
