package io.remoterun.cli.doctor;

import static org.assertj.core.api.Assertions.assertThat;

import io.remoterun.protocol.report.Display;
import java.util.List;
import org.junit.jupiter.api.Test;

class WayTextTest {
  private static final String WIDE = "日本語サーバ 日本語サーバ 日本語サーバ";
  private static final Way WAY =
      new Way("web.example.com", "n1", List.of(Look.failed("手順", WIDE, WIDE)));

  @Test
  void wrapsByTheColumnsThatATerminalNeeds() {
    assertThat(new WayText(true, 50).of(WAY).lines().map(WayTextTest::withoutColours))
        .containsExactly(
            "web.example.com (n1)",
            "  this machine",
            "    ✗ 手順       日本語サーバ 日本語サーバ",
            "                 日本語サーバ",
            "                 → 日本語サーバ 日本語サーバ",
            "                   日本語サーバ")
        .allMatch(line -> Display.width(line) <= 50);
  }

  @Test
  void aTerminalOfJustThatWidthNeedsNoMoreLines() {
    int words = Display.width(WIDE);

    assertThat(new WayText(true, 17 + words).of(WAY)).contains("手順       " + WIDE + "\n");
    assertThat(new WayText(true, 17 + words - 1).of(WAY)).doesNotContain(WIDE);
  }

  private static String withoutColours(String line) {
    return line.replaceAll("\033\\[[0-9;]*m", "");
  }
}
