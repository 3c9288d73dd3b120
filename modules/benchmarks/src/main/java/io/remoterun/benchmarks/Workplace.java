package io.remoterun.benchmarks;

import io.remoterun.testkit.TestHost;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.stream.Stream;

/** A temporary folder for the hosts of a measurement; close it after their processes. */
record Workplace(Path folder) implements AutoCloseable {

  static Workplace make() throws IOException {
    return new Workplace(Files.createTempDirectory("remote-run-benchmark-"));
  }

  TestHost host(String name) throws IOException {
    return TestHost.make(folder, name);
  }

  @Override
  public void close() throws IOException {
    try (Stream<Path> paths = Files.walk(folder)) {
      for (Path path : paths.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(path);
      }
    }
  }
}
