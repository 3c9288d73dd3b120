package io.remoterun.benchmarks;

import io.remoterun.benchmarks.process.Words;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** What a measurement prints. */
final class Measured {
  private Measured() {}

  static String measured(String name, String... options) throws IOException {
    ByteArrayOutputStream printed = new ByteArrayOutputStream();
    Benchmarks.measure(
        name,
        Words.parse(List.of(options)),
        new PrintStream(printed, true, StandardCharsets.UTF_8));
    return printed.toString(StandardCharsets.UTF_8);
  }
}
