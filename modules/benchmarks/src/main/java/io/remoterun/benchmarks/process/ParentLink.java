package io.remoterun.benchmarks.process;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Supplier;

/**
 * The child's end: tells the parent where it is, then what it has measured whenever asked, until
 * the parent is gone. Whatever else is printed goes to standard error.
 */
public final class ParentLink {
  private final PrintStream out;
  private final MemoryWatch memory = new MemoryWatch();

  /** To be made before anything is logged. */
  public ParentLink() {
    this.out = System.out;
    System.setOut(System.err);
  }

  /**
   * Returns when the parent has closed its end.
   *
   * @param ready what the parent needs to know now
   * @param figures what to tell beside the process's own figures: {@code cpu-ms} used, most memory
   *     {@code rss-kb}, most heap {@code heap-kb}, garbage included
   */
  public void serve(Words ready, Supplier<Map<String, Long>> figures) throws IOException {
    out.println(ready);
    try (BufferedReader in =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8))) {
      while (in.readLine() != null) {
        Map<String, String> all = new HashMap<>();
        figures.get().forEach((name, value) -> all.put(name, String.valueOf(value)));
        memory.figures().forEach((name, value) -> all.put(name, String.valueOf(value)));
        out.println(new Words(all));
      }
    }
  }
}
