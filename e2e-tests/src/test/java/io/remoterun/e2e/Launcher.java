package io.remoterun.e2e;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** {@code ./remote-run}, as a person or a script starts it. */
final class Launcher {
  static final Path PROJECT = Path.of(System.getProperty("project.folder"));
  static final Path PROGRAM = PROJECT.resolve("remote-run");

  private Launcher() {}

  /** How it ended, and what it printed. */
  record Ended(int exit, String out, String problems) {}

  /** Not yet started; the test is in the middle of a build. */
  static ProcessBuilder of(Path program, String... arguments) {
    List<String> command = new ArrayList<>(List.of(program.toString()));
    command.addAll(List.of(arguments));
    ProcessBuilder builder = new ProcessBuilder(command);
    builder.environment().put("REMOTE_RUN_BUILD", "no");
    return builder;
  }

  /** Waits for its end. */
  static Ended run(ProcessBuilder builder, String in) throws IOException, InterruptedException {
    Path problems = Files.createTempFile("remote-run", ".err");
    try {
      Process process = builder.redirectError(problems.toFile()).start();
      process.getOutputStream().write(in.getBytes(UTF_8));
      process.getOutputStream().close();
      String out = new String(process.getInputStream().readAllBytes(), UTF_8);
      return new Ended(process.waitFor(), out, Files.readString(problems));
    } finally {
      Files.delete(problems);
    }
  }

  static Ended run(String... arguments) throws IOException, InterruptedException {
    return run(of(PROGRAM, arguments), "");
  }
}
