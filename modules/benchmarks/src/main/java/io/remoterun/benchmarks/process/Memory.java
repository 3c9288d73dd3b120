package io.remoterun.benchmarks.process;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * What the kernel counts for a process now, in MiB.
 *
 * @param resident all that is in memory
 * @param own the same, of what processes share only its part
 */
public record Memory(double resident, double own) {

  public static Memory of(long pid) throws IOException {
    List<String> lines = Files.readAllLines(Path.of("/proc/" + pid + "/smaps_rollup"));
    return new Memory(mebibytes(lines, "Rss:"), mebibytes(lines, "Pss:"));
  }

  private static double mebibytes(List<String> lines, String name) throws IOException {
    return lines.stream()
            .filter(line -> line.startsWith(name))
            .mapToLong(line -> Long.parseLong(line.replaceAll("[^0-9]", "")))
            .findFirst()
            .orElseThrow(() -> new IOException("no " + name))
        / 1024.0;
  }
}
