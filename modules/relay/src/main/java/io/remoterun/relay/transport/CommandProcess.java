package io.remoterun.relay.transport;

import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

/**
 * A command as a process: in {@code /}, with a fixed environment and an empty input; its output and
 * errors are one stream.
 */
final class CommandProcess {
  static final Map<String, String> ENVIRONMENT =
      Map.of(
          "PATH",
          "/opt/rudder/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
          "LANG",
          "C.UTF-8");

  private static final Duration LOOK = Duration.ofMillis(10);

  private final Process process;

  private CommandProcess(Process process) {
    this.process = process;
  }

  /**
   * @throws IOException when there is no such program, or it cannot be run
   */
  static CommandProcess start(List<String> command) throws IOException {
    ProcessBuilder builder =
        new ProcessBuilder(command)
            .directory(new File("/"))
            .redirectInput(new File("/dev/null"))
            .redirectErrorStream(true);
    builder.environment().clear();
    builder.environment().putAll(ENVIRONMENT);
    return new CommandProcess(builder.start());
  }

  InputStream output() {
    return process.getInputStream();
  }

  int waitFor() throws InterruptedException {
    return process.waitFor();
  }

  /** Of one that has ended. */
  int exitStatus() {
    return process.exitValue();
  }

  /** To be done when it has ended. */
  void onExit(Runnable action) {
    var _ = process.onExit().thenRun(action);
  }

  /**
   * Asks the process and its descendants to end, and after a while does not ask. Returns when all
   * have ended, or that while has passed once more: one that sudo runs cannot be ended by a relay
   * that is not root.
   */
  void end(Duration patience) throws InterruptedException {
    Set<ProcessHandle> family = new HashSet<>(family());
    family.forEach(ProcessHandle::destroy);
    if (!haveEnded(family, patience)) {
      family.addAll(family());
      family.forEach(ProcessHandle::destroyForcibly);
      haveEnded(family, patience);
    }
  }

  private List<ProcessHandle> family() {
    return Stream.concat(process.descendants(), Stream.of(process.toHandle())).toList();
  }

  private static boolean haveEnded(Set<ProcessHandle> family, Duration patience)
      throws InterruptedException {
    long end = System.nanoTime() + patience.toNanos();
    while (family.stream().anyMatch(ProcessHandle::isAlive)) {
      if (System.nanoTime() - end > 0) {
        return false;
      }
      Thread.sleep(LOOK);
    }
    return true;
  }
}
