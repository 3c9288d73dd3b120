package io.remoterun.protocol.report;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What Rudder's formatter prints for the same input was recorded, with gawk in a UTF-8 locale. */
class RudderFormatterTest {
  private static final int MOST_BYTES = 16 << 20;
  private static final String REPORT =
      "R: @@T@@%s@@r@@d@@0@@C@@%s@@2026-11-02 08:15:01+00:00##n@#M\n";

  private static FormatOptions options(String name) {
    boolean isInfo = name.equals("info") || name.equals("color");
    return new FormatOptions(
        isInfo,
        name.equals("quiet"),
        name.equals("full_strings"),
        name.equals("raw_summary"),
        name.equals("color"),
        false,
        isInfo,
        !name.equals("local"));
  }

  static Stream<Arguments> recorded() {
    return Stream.of(
            "denied",
            "empty",
            "interrupted",
            "local_agent",
            "one_node",
            "two_nodes",
            "bytes",
            "taking_turns",
            "timestamped",
            "unknown_states")
        .flatMap(
            input ->
                Stream.of(
                        "color", "default", "full_strings", "info", "local", "quiet", "raw_summary")
                    .map(options -> Arguments.of(input, options)));
  }

  private static byte[] resource(String name) {
    try (InputStream file = RudderFormatterTest.class.getResourceAsStream("rudder/" + name)) {
      return Objects.requireNonNull(file, name).readAllBytes();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static RudderFormatter formatter(FormatOptions options) {
    return new RudderFormatter(options, MOST_BYTES, () -> 0);
  }

  private static byte[] format(byte[] raw, int pieces, FormatOptions options) {
    RudderFormatter formatter = formatter(options);
    ByteArrayOutputStream shown = new ByteArrayOutputStream();
    for (int from = 0; from < raw.length; from += pieces) {
      shown.writeBytes(
          formatter.feed(Arrays.copyOfRange(raw, from, Math.min(raw.length, from + pieces))));
    }
    shown.writeBytes(formatter.end());
    return shown.toByteArray();
  }

  private static String format(String raw, String options) {
    return new String(format(raw.getBytes(UTF_8), 4096, options(options)), UTF_8);
  }

  @ParameterizedTest
  @MethodSource("recorded")
  void isWhatRudderPrints(String input, String options) {
    String expected =
        new String(resource(input + "." + options + ".expected"), ISO_8859_1)
            .replace("<T>", "0.00");
    byte[] raw = resource(input + ".raw");
    for (int pieces : List.of(1, 7, 100_000)) {
      assertThat(new String(format(raw, pieces, options(options)), ISO_8859_1)).isEqualTo(expected);
    }
  }

  @Test
  void nothingWaitsForALaterLine() {
    RudderFormatter formatter = formatter(FormatOptions.defaults());
    String first = REPORT.formatted("result_error", "k");
    assertThat(new String(formatter.feed(first.getBytes(UTF_8)), UTF_8))
        .contains("error")
        .endsWith("M\n");
  }

  @Test
  void aKeyMaySpanLines() {
    assertThat(format(REPORT.formatted("result_error", "one\n two\n three"), "full_strings"))
        .contains("C                         one two three      M\n");
  }

  @Test
  void aReportThatAnotherOneInterruptsTakesThatWithIt() {
    String cut = "192.0.2.1> -> R: @@T@@result_error@@r@@d@@0@@C@@k\n";
    String shown =
        format(cut + "192.0.2.1> -> " + REPORT.formatted("result_error", "k"), "default");
    assertThat(shown).contains("warning  1 reports were not parsable.").doesNotContain("E| ");
  }

  @Test
  void aReportThatTheEndCutsIsTold() {
    assertThat(format("R: @@T@@result_error@@r@@d@@0@@C@@k", "info"))
        .contains("R: @@T@@result_error@@r@@d@@0@@C@@k\n", "1 reports were not parsable");
  }

  @Test
  void wordsOfOlderAgentsFrameARunAsWell() {
    String shown =
        format(
            REPORT.formatted("log_info", "StartRun") + REPORT.formatted("log_info", "EndRun"),
            "info");
    assertThat(shown).startsWith("M\n\n").doesNotContain("interrupted");
  }

  @Test
  void whatIsNoUtf8IsKeptAsItIs() {
    byte[] raw = REPORT.formatted("result_error", "k").getBytes(UTF_8);
    raw[raw.length - 2] = (byte) 0xff;
    RudderFormatter formatter = formatter(FormatOptions.defaults());
    byte[] shown = formatter.feed(raw);
    assertThat(shown[shown.length - 2]).isEqualTo((byte) 0xff);
  }

  @Test
  void aMessageOfAMebibyteAndMoreIsOneRow() {
    String message = "m".repeat(1_100_000);
    String raw = REPORT.formatted("result_error", "k").replace("#M", "#" + message);
    assertThat(format(raw, "default").lines().filter(line -> line.endsWith(message))).hasSize(1);
  }

  @Test
  void aLineThatNeverEndsIsFormattedInPieces() {
    RudderFormatter formatter = new RudderFormatter(options("info"), 1000, () -> 0);
    assertThat(formatter.feed("x".repeat(2500).getBytes(UTF_8))).hasSize(2002);
  }

  /** In pieces that are put together again and again it would take hours. */
  @Test
  void aReportThatNeverEndsIsNotHeldForEver() {
    RudderFormatter formatter = formatter(FormatOptions.defaults());
    formatter.feed("R: @@T@@result_error@@r@@d@@0@@c@@k\n".getBytes(UTF_8));
    byte[] filler = "x".repeat(50).concat("\n").repeat(1000).getBytes(UTF_8);
    for (int i = 0; i <= MOST_BYTES / 50_000; i++) {
      formatter.feed(filler);
    }
    String row = REPORT.formatted("result_error", "k");
    assertThat(new String(formatter.feed(row.getBytes(UTF_8)), UTF_8)).endsWith("M\n");
  }

  @Test
  void itsExitStatusTellsErrorsAndDeviationsWhereTheyCount() {
    assertThat(exitStatus("result_error", false, false)).isZero();
    assertThat(exitStatus("result_error", true, false)).isEqualTo(2);
    assertThat(exitStatus("audit_error", false, true)).isEqualTo(2);
    assertThat(exitStatus("audit_noncompliant", true, false)).isZero();
    assertThat(exitStatus("audit_noncompliant", false, true)).isEqualTo(3);
  }

  private static int exitStatus(String state, boolean errors, boolean deviations) {
    RudderFormatter formatter = formatter(FormatOptions.defaults());
    formatter.feed(REPORT.formatted(state, "k").getBytes(UTF_8));
    formatter.end();
    return formatter.exitStatus(errors, deviations);
  }
}
