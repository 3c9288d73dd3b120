package io.remoterun.testkit;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.remoterun.process.AgentChild;
import io.remoterun.testing.Eventually;
import io.remoterun.testing.Mark;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Objects;
import java.util.spi.ToolProvider;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The helper that runs the agent as root, installed as on a real machine, but in a folder of its
 * own. That is not a temporary one, because everybody could write above it. Each execution of an
 * agent is counted. What scripts start has the tests' {@link Mark}, which they do not get from the
 * helper: so {@code LeakCheck} sees what they leave behind.
 */
public final class InstalledHelper implements AutoCloseable {
  /** Who may ask it: a user that is on each machine. */
  public static final String USER = "nobody";

  public static final int UID = 65534;

  private final Path folder;

  private InstalledHelper(Path folder) {
    this.folder = folder;
  }

  /**
   * @param program its class; what is beside it is installed with it
   */
  public static InstalledHelper install(Class<?> program) throws IOException {
    Path folder = Files.createTempDirectory(Path.of("/var/lib"), "remote-run-test");
    Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));
    InstalledHelper helper = new InstalledHelper(folder);
    helper.settings();
    Path java = Path.of(System.getProperty("java.home"));
    Path jar = jar(program, folder.resolve("run-helper-test.jar"));
    Path process = jar(AgentChild.class, folder.resolve("agent-process-test.jar"));
    Path installer = configuration().resolve("helper/install");
    run("" + installer, "" + java, "" + jar, "" + process, "" + folder, "" + helper.settingsFile());
    helper.agent("true");
    return helper;
  }

  private static Path jar(Class<?> program, Path jar) throws IOException {
    Path classes;
    try {
      classes = Path.of(program.getProtectionDomain().getCodeSource().getLocation().toURI());
    } catch (URISyntaxException e) {
      throw new IOException(e);
    }
    if (Files.isRegularFile(classes)) {
      return classes;
    }
    String[] words = {"-c", "-f", jar.toString(), "-C", classes.toString(), "."};
    if (ToolProvider.findFirst("jar").orElseThrow().run(System.out, System.err, words) != 0) {
      throw new IOException("cannot make " + jar);
    }
    return jar;
  }

  /** Of the repository that the tests are in. */
  public static Path configuration() {
    Path here = Path.of("").toAbsolutePath();
    return Stream.iterate(here, Objects::nonNull, Path::getParent)
        .map(folder -> folder.resolve("config"))
        .filter(config -> Files.isDirectory(config.resolve("helper")))
        .findFirst()
        .orElseThrow(() -> new IllegalStateException("no config/helper above " + here));
  }

  /** Waits for its end, which must be a good one; returns what it prints. */
  public static String run(String... command) throws IOException {
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String printed = new String(process.getInputStream().readAllBytes(), UTF_8);
    if (process.onExit().join().exitValue() != 0) {
      throw new IOException(List.of(command) + " failed: " + printed);
    }
    return printed;
  }

  /** Where all of it is. */
  public Path folder() {
    return folder;
  }

  public Path script() {
    return folder.resolve("run-helper");
  }

  public Path settingsFile() {
    return folder.resolve("run-helper.conf");
  }

  /** The usual ones: the agent, all conditions that begin with "class"; and these lines. */
  public void settings(String... more) throws IOException {
    Stream<String> usual =
        Stream.of(
            "user = " + USER,
            "job.agent = " + agentFile(),
            "conditions = class.*",
            "grace = 1",
            "max-duration = 600",
            "drain = 600",
            "disable-file = " + folder.resolve("disabled"),
            "folder = " + folder.resolve("state"));
    Files.write(settingsFile(), Stream.concat(usual, Stream.of(more)).toList());
    Files.setPosixFilePermissions(settingsFile(), PosixFilePermissions.fromString("rw-r--r--"));
  }

  public Path agentFile() {
    return folder.resolve("agent");
  }

  /** Lines of a shell script. Its executions are counted anew. */
  public void agent(String body) throws IOException {
    Path executions = folder.resolve("executions");
    Files.deleteIfExists(executions);
    program("agent", "echo $$ >>" + executions + "\n" + body);
  }

  /** Lines of another shell script beside it, which is not counted. */
  public Path program(String name, String body) throws IOException {
    Path file = folder.resolve(name);
    String mark =
        Mark.variables().entrySet().stream()
            .map(variable -> "export " + variable.getKey() + "='" + variable.getValue() + "'\n")
            .collect(Collectors.joining());
    Files.writeString(file, "#!/bin/sh\n" + mark + body + "\n");
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
    return file;
  }

  public int executions() {
    return (int) text(folder.resolve("executions")).lines().count();
  }

  public String audit() {
    return text(folder.resolve("state/audit.log"));
  }

  private static String text(Path file) {
    try {
      return Files.isRegularFile(file) ? Files.readString(file) : "";
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** By sudo for that user, as sudo would do it. */
  public Process start(@Nullable String sudoUid, String... arguments) throws IOException {
    ProcessBuilder builder =
        new ProcessBuilder(
            Stream.concat(Stream.of(script().toString()), Stream.of(arguments)).toList());
    if (sudoUid != null) {
      builder.environment().put("SUDO_UID", sudoUid);
    }
    return builder.start();
  }

  /**
   * Removes it, and waits for the helpers and agents that still run: what they were started by may
   * have ended, and their own environment is too bare for {@code LeakCheck} to know them by.
   */
  @Override
  public void close() throws IOException {
    remove();
    Eventually.await("no helper and no agent is left", () -> left().isEmpty(), this::left);
  }

  private List<String> left() {
    return ProcessHandle.allProcesses()
        .flatMap(process -> process.info().commandLine().stream())
        .filter(line -> line.contains(folder.toString()))
        .toList();
  }

  private void remove() throws IOException {
    Files.walkFileTree(
        folder,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes seen) throws IOException {
            Files.delete(file);
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult postVisitDirectory(Path folder, @Nullable IOException failure)
              throws IOException {
            Files.delete(folder);
            return FileVisitResult.CONTINUE;
          }
        });
  }
}
