package io.remoterun.cli.console;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class RowsTest {
  @Test
  void columnsAreAsWideAsATerminalShowsThem() {
    Rows rows = new Rows("NODE", "ID");
    rows.add("漢字.example", "n1");
    rows.add("e\u0301te\u0301", "n2");
    rows.add("", "n3");

    assertThat(rows.toString().lines())
        .containsExactly(
            "NODE          ID",
            "漢字.example  n1",
            "e\u0301te\u0301           n2",
            "-             n3");
  }
}
