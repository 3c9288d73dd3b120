package io.remoterun.e2e;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.remoterun.testing.Eventually;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.opentest4j.TestAbortedException;

/**
 * This machine's own system, booted once more by its own systemd in a container: nothing but what
 * every service needs, no network but loopback, and a disk in memory over the real one, which is
 * only read. All of it is gone with the container.
 */
final class BootedMachine implements AutoCloseable {
  private static final String TARGET = "remote-run-test.target";

  /** Mounts what only this process and its children see. Its arguments: the folder, a command. */
  private static final String ON_A_DISK_OF_ITS_OWN =
      """
      set -e
      umask 022 # Another test may have given this process one that shuts everybody else out.
      mount -t tmpfs -o size=2g tmpfs "$1"
      mkdir "$1/upper" "$1/work" "$1/root"
      mount -t overlay -o "lowerdir=/,upperdir=$1/upper,workdir=$1/work" overlay "$1/root"
      printf '[Unit]\\nRequires=basic.target\\nAfter=basic.target\\n' > "$1/root/etc/systemd/system/%s"
      cd "$1/root"
      shift
      exec systemd-nspawn --quiet --directory=. --register=no --keep-unit --machine=remote-run-test \
        --private-network --console=pipe "$@"
      """
          .formatted(TARGET);

  private final Process container;
  private final Path console;

  /** What a command printed, both streams, and its exit status. */
  record Ran(int exit, String out) {}

  private BootedMachine(Process container, Path console) {
    this.container = container;
    this.console = console;
  }

  /**
   * Blocks until it is there.
   *
   * @param folder for its disk, and for what it says
   * @throws TestAbortedException where this machine cannot have containers at all
   */
  static BootedMachine boot(Path folder) throws IOException {
    Ran trial = output(start(folder, folder.resolve("trial"), "/bin/true"));
    if (trial.exit() != 0) {
      throw new TestAbortedException(
          "no container can be made here: " + Files.readString(folder.resolve("trial")));
    }
    Path console = folder.resolve("console");
    Process container =
        start(folder, console, "--bind-ro=" + Launcher.PROJECT, "--boot", "systemd.unit=" + TARGET);
    BootedMachine machine = new BootedMachine(container, console);
    try {
      Eventually.await("it is booted", machine::isThere, machine::console);
    } catch (AssertionError e) {
      container.destroyForcibly();
      throw e;
    }
    return machine;
  }

  private static Process start(Path folder, Path output, String... command) throws IOException {
    Path disk = Files.createTempDirectory(folder, "disk");
    List<String> words = new ArrayList<>(List.of("unshare", "--mount", "sh", "-c"));
    words.addAll(List.of(ON_A_DISK_OF_ITS_OWN, "sh", disk.toString()));
    words.addAll(List.of(command));
    Process started =
        new ProcessBuilder(words).redirectErrorStream(true).redirectOutput(output.toFile()).start();
    started.getOutputStream().close();
    return started;
  }

  private boolean isThere() {
    if (!container.isAlive()) {
      throw new AssertionError("it does not boot: " + console());
    }
    return init().isPresent() && run("systemctl", "is-active", TARGET).exit() == 0;
  }

  /** Another child comes before it, for a moment. */
  private Optional<String> init() {
    return container
        .children()
        .map(child -> String.valueOf(child.pid()))
        .filter(
            pid -> {
              try {
                return Files.readString(Path.of("/proc", pid, "comm")).equals("systemd\n");
              } catch (IOException e) {
                return false;
              }
            })
        .findFirst();
  }

  String console() {
    try {
      return Files.readString(console);
    } catch (IOException e) {
      return e.toString();
    }
  }

  /** As root, in its own folder {@code /}. */
  Ran run(String... command) {
    List<String> words =
        new ArrayList<>(List.of("nsenter", "--target", init().orElseThrow(), "--all", "env"));
    words.addAll(List.of("-i", "PATH=/usr/sbin:/usr/bin:/sbin:/bin", "LANG=C.UTF-8"));
    words.addAll(List.of(command));
    try {
      return output(new ProcessBuilder(words).redirectErrorStream(true).start());
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  /** With its shell, where each command has to succeed. */
  String shell(String script) {
    Ran ran = run("sh", "-e", "-c", script);
    if (ran.exit() != 0) {
      String journal = run("journalctl", "--no-pager", "--lines=30").out();
      throw new AssertionError(
          "exit status %d: %s%n%s%n%s".formatted(ran.exit(), script, ran.out(), journal));
    }
    return ran.out();
  }

  private static Ran output(Process process) {
    try {
      process.getOutputStream().close();
      String out = new String(process.getInputStream().readAllBytes(), UTF_8);
      return new Ran(process.waitFor(), out);
    } catch (IOException | InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  @Override
  public void close() throws IOException {
    run("systemctl", "poweroff", "--force", "--force");
    try {
      if (!container.waitFor(Eventually.DEADLINE.toSeconds(), TimeUnit.SECONDS)) {
        throw new AssertionError("it does not end: " + console());
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      container.destroyForcibly();
    }
  }
}
