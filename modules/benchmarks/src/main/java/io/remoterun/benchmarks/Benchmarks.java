package io.remoterun.benchmarks;

import java.util.Arrays;
import java.util.List;

/** {@code ./remote-run benchmark NAME}: runs one measurement and prints its table. */
final class Benchmarks {
  private Benchmarks() {}

  public static void main(String[] arguments) throws Exception {
    List<String> words = Arrays.asList(arguments);
    if (words.equals(List.of("trigger"))) {
      TriggerBenchmark.run(System.out);
    } else {
      System.err.println("usage: ./remote-run benchmark trigger");
      System.exit(2);
    }
  }
}
