package io.remoterun.testkit;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.opentest4j.TestAbortedException;

/**
 * A program of the machine that some tests need. Where it is missing they are skipped and say so;
 * with {@code CI=true} in the environment they fail, so that CI never passes by skipping.
 */
public final class ExternalProgram {
  private ExternalProgram() {}

  /**
   * The program's file, looked for in {@code PATH} and in {@code /usr/sbin}, {@code /sbin}.
   *
   * @param debianPackage what to install to have it
   */
  public static Path require(String program, String debianPackage) {
    return require(program, debianPackage, System.getenv("PATH"), System.getenv("CI"));
  }

  /** A program of Debian's package cfengine3. */
  public static Path require(String program) {
    return require(program, "cfengine3");
  }

  static Path require(
      String program, String debianPackage, @Nullable String path, @Nullable String ci) {
    Optional<Path> found = find(program, path == null ? "" : path);
    if (found.isPresent()) {
      return found.get();
    }
    String missing = program + " is not installed (Debian's package " + debianPackage + " has it)";
    if ("true".equals(ci)) {
      throw new AssertionError(missing + "; CI=true, so this is a failure");
    }
    throw new TestAbortedException(missing);
  }

  private static Optional<Path> find(String program, String path) {
    return List.of((path + File.pathSeparator + "/usr/sbin:/sbin").split(File.pathSeparator))
        .stream()
        .filter(folder -> !folder.isEmpty())
        .map(folder -> Path.of(folder, program))
        .filter(Files::isExecutable)
        .findFirst();
  }
}
