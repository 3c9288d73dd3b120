package io.remoterun.testkit;

import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Descendants of this process, also those that have ended and that nobody has waited for. One that
 * left the family (a daemon) is not seen, but the pipe is, if it holds one of this process.
 */
final class ChildProcesses implements Watch {
  private final Set<ProcessHandle> before =
      ProcessHandle.current().descendants().collect(Collectors.toSet());

  @Override
  public List<String> left() {
    return ProcessHandle.current()
        .descendants()
        .filter(process -> !before.contains(process))
        .map(process -> "process " + process.pid() + " " + program(process))
        .toList();
  }

  private static String program(ProcessHandle process) {
    return process.info().commandLine().orElse("(ended, and nobody has waited for it)");
  }
}
