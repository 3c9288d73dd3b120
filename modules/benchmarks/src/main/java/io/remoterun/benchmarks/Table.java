package io.remoterun.benchmarks;

import java.io.PrintStream;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;

/** Rows of text, the first column to the left, the others to the right. */
final class Table {
  private static final int GAP = 3;

  private final List<List<String>> rows = new ArrayList<>();

  Table(String... headings) {
    rows.add(List.of(headings));
  }

  Table row(String... cells) {
    rows.add(List.of(cells));
    return this;
  }

  static String decimal(double value) {
    return String.format(Locale.ROOT, value < 10 ? "%.2f" : "%.1f", value);
  }

  static String whole(double value) {
    return String.format(Locale.ROOT, "%,d", Math.round(value));
  }

  static String whole(long value) {
    return String.format(Locale.ROOT, "%,d", value);
  }

  void print(PrintStream out) {
    List<Integer> widths = new ArrayList<>(Collections.nCopies(rows.getFirst().size(), 0));
    for (List<String> row : rows) {
      for (int column = 0; column < row.size(); column++) {
        widths.set(column, Math.max(widths.get(column), row.get(column).length()));
      }
    }
    out.println();
    for (List<String> row : rows) {
      StringBuilder line = new StringBuilder();
      for (int column = 0; column < row.size(); column++) {
        String padding = " ".repeat(widths.get(column) - row.get(column).length());
        line.append(
            column == 0 ? row.get(column) + padding : " ".repeat(GAP) + padding + row.get(column));
      }
      out.println(line.toString().stripTrailing());
    }
    out.println();
  }
}
