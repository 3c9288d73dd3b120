package io.remoterun.testing;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Descendants of this process, also those that have ended and that nobody has waited for; and what
 * has left the family, such as a daemon or the child of one that was killed: that is known by its
 * {@link Mark}, unless it was started without.
 */
final class ChildProcesses implements Watch {
  private final List<String> mark =
      Mark.variables().entrySet().stream().map(it -> it.getKey() + "=" + it.getValue()).toList();
  private final Set<ProcessHandle> before = all().collect(Collectors.toSet());

  @Override
  public List<String> left() {
    return all()
        .filter(process -> !before.contains(process))
        .map(process -> "process " + process.pid() + " " + program(process))
        .toList();
  }

  private Stream<ProcessHandle> all() {
    ProcessHandle self = ProcessHandle.current();
    Stream<ProcessHandle> marked =
        mark.isEmpty() ? Stream.of() : ProcessHandle.allProcesses().filter(this::isMarked);
    return Stream.concat(self.descendants(), marked.filter(process -> !process.equals(self)))
        .distinct();
  }

  private boolean isMarked(ProcessHandle process) {
    try {
      String environment =
          Files.readString(Path.of("/proc/" + process.pid() + "/environ"), ISO_8859_1);
      return List.of(environment.split("\0")).containsAll(mark);
    } catch (IOException e) {
      // It has ended, or is somebody else's.
      return false;
    }
  }

  private static String program(ProcessHandle process) {
    return process.info().commandLine().orElse("(ended, and nobody has waited for it)");
  }
}
