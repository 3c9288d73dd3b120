package io.remoterun.fuzz;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.Jazzer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Fuzzes each target for a while, in a JVM of its own, as Jazzer can fuzz only one in each. As
 * tests of this JVM the same targets try their seeds only.
 *
 * <p>What is found fails the test and is written to the seeds. The inputs that reached something
 * new are kept in {@code target/corpus}, where the next time begins. The property {@code fuzz.time}
 * is the time of each, as in {@code PT10M}, and {@code fuzz.only} a part of the names of targets.
 */
@Execution(ExecutionMode.CONCURRENT)
class FuzzingTest {
  private static final Path CLASSES = Path.of("target/test-classes");
  private static final Duration TIME = Duration.parse(System.getProperty("fuzz.time", "PT2S"));
  private static final String ONLY = System.getProperty("fuzz.only", "");
  private static final Duration MOST_TO_START = Duration.ofMinutes(2);

  @ParameterizedTest
  @MethodSource("targets")
  void findsNothing(String target) throws IOException, InterruptedException {
    Path log = Files.createDirectories(Path.of("target/fuzz")).resolve(target + ".log");
    Path corpus = Files.createDirectories(Path.of("target/corpus", target));
    Process fuzzer =
        new ProcessBuilder(command(target, corpus))
            .redirectErrorStream(true)
            .redirectOutput(log.toFile())
            .start();
    try {
      assertThat(fuzzer.waitFor(TIME.plus(MOST_TO_START).toSeconds(), TimeUnit.SECONDS))
          .as("ended in time, see %s", log)
          .isTrue();
    } finally {
      fuzzer.destroyForcibly();
    }
    assertThat(fuzzer.exitValue()).as("exit status, see %s", log.toAbsolutePath()).isZero();
    assertThat(log).content().containsPattern("(?m)^Done [1-9][0-9]* runs in ");
  }

  static List<String> targets() throws IOException {
    try (Stream<Path> files = Files.walk(CLASSES)) {
      return files
          .map(file -> CLASSES.relativize(file).toString())
          .filter(file -> file.endsWith("FuzzTest.class") && file.contains(ONLY))
          .map(file -> file.replace('/', '.').replaceFirst("\\.class$", ""))
          .sorted()
          .toList();
    }
  }

  private static List<String> command(String target, Path corpus) {
    return List.of(
        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
        "-Xmx512m",
        "-XX:+UseSerialGC",
        // A short time is over before the second compiler is done.
        TIME.toMinutes() > 0 ? "-XX:+TieredCompilation" : "-XX:TieredStopAtLevel=1",
        "-XX:+EnableDynamicAgentLoading",
        "--enable-native-access=ALL-UNNAMED",
        "--sun-misc-unsafe-memory-access=allow",
        "-cp",
        System.getProperty("java.class.path"),
        Jazzer.class.getName(),
        "--target_class=" + target,
        "--max_duration=" + TIME.toSeconds() + "s",
        corpus.toString());
  }
}
