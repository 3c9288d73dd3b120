package io.remoterun.testkit;

import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/** Descendants of this process. One that left the family (a daemon) is not seen. */
final class ChildProcesses implements Watch {
  private final Set<ProcessHandle> before =
      ProcessHandle.current().descendants().collect(Collectors.toSet());

  @Override
  public List<String> left() {
    return ProcessHandle.current()
        .descendants()
        .filter(process -> !before.contains(process))
        .map(process -> "process " + process.pid() + " " + process.info().commandLine().orElse(""))
        .toList();
  }
}
