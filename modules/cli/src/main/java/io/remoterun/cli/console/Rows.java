package io.remoterun.cli.console;

import io.remoterun.protocol.report.Display;
import io.remoterun.protocol.run.Printable;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/** A small table: columns as wide as what is in them, but the last. */
public final class Rows {
  private static final int MOST_CHARACTERS = 2000;

  private final List<List<String>> rows = new ArrayList<>();

  public Rows(String... header) {
    rows.add(List.of(header));
  }

  /** Empty texts are shown as a dash. */
  public void add(String... cells) {
    rows.add(
        IntStream.range(0, cells.length)
            .mapToObj(i -> cells[i].isEmpty() ? "-" : Printable.of(cells[i], MOST_CHARACTERS))
            .toList());
  }

  @Override
  public String toString() {
    int columns = rows.getFirst().size();
    int[] widths =
        IntStream.range(0, columns)
            .map(i -> rows.stream().mapToInt(row -> Display.width(row.get(i))).max().orElse(0))
            .toArray();
    StringBuilder text = new StringBuilder();
    for (List<String> row : rows) {
      for (int i = 0; i < columns - 1; i++) {
        text.append(Display.padded(row.get(i), widths[i] + 2));
      }
      text.append(row.get(columns - 1)).append('\n');
    }
    return text.toString();
  }
}
