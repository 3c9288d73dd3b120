package io.remoterun.protocol.report;

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
    return Stream.of("denied", "empty", "interrupted", "local_agent", "one_node", "two_nodes")
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

  private static String format(byte[] raw, int pieces, FormatOptions options) {
    RudderFormatter formatter = new RudderFormatter(options, () -> 0);
    ByteArrayOutputStream shown = new ByteArrayOutputStream();
    for (int from = 0; from < raw.length; from += pieces) {
      shown.writeBytes(
          formatter.feed(Arrays.copyOfRange(raw, from, Math.min(raw.length, from + pieces))));
    }
    shown.writeBytes(formatter.end());
    return shown.toString(UTF_8);
  }

  private static String format(String raw, String options) {
    return format(raw.getBytes(UTF_8), 4096, options(options));
  }

  @ParameterizedTest
  @MethodSource("recorded")
  void isWhatRudderPrints(String input, String options) {
    String expected =
        new String(resource(input + "." + options + ".expected"), UTF_8).replace("<T>", "0.00");
    byte[] raw = resource(input + ".raw");
    for (int pieces : List.of(1, 7, 100_000)) {
      assertThat(format(raw, pieces, options(options))).isEqualTo(expected);
    }
  }

  @Test
  void nothingWaitsForALaterLine() {
    RudderFormatter formatter = new RudderFormatter(FormatOptions.defaults(), () -> 0);
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
    RudderFormatter formatter = new RudderFormatter(FormatOptions.defaults(), () -> 0);
    byte[] shown = formatter.feed(raw);
    assertThat(shown[shown.length - 2]).isEqualTo((byte) 0xff);
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
    RudderFormatter formatter = new RudderFormatter(FormatOptions.defaults(), () -> 0);
    formatter.feed(REPORT.formatted(state, "k").getBytes(UTF_8));
    formatter.end();
    return formatter.exitStatus(errors, deviations);
  }
}
