package io.remoterun.cli;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import io.remoterun.cli.console.Exit;
import io.remoterun.cli.console.Shell;
import io.remoterun.cli.console.Terminal;
import io.remoterun.cli.console.Words;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PipedInputStream;
import java.io.PipedOutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FormatTest {
  private static final Path RECORDED =
      Path.of("../protocol/src/test/resources/io/remoterun/protocol/report/rudder");
  private static final Terminal SCREEN = new Terminal(false, true, true, true);

  private static String report(String state, String message) {
    return "n1.example> -> R: @@Ntp@@"
        + state
        + "@@rule@@directive@@0@@Service@@None@@2026-01-01 00:00:00+00:00##n1@#"
        + message
        + "\n";
  }

  private static Ran format(String in, String... options) {
    return format(in, Terminal.NONE, Map.of(), options);
  }

  private static Ran format(
      String in, Terminal terminal, Map<String, String> environment, String... options) {
    String[] arguments = new String[options.length + 1];
    arguments[0] = "format";
    System.arraycopy(options, 0, arguments, 1, options.length);
    return Ran.with(in, terminal, environment, arguments);
  }

  @Test
  void showsWholeNamesOfNodesUnlessItIsToLookLikeRudders() {
    String in = report("result_repaired", "restarted");

    assertThat(format(in, "--host-column").out()).contains("n1.example  E repaired ");
    assertThat(format(in, "--host-column", "--mode", "rudder").out())
        .contains("Hostname        M| State")
        .contains("n1.example      E| repaired ");
    assertThat(format(in, "--mode=rudder").out()).contains("M| State").doesNotContain("Hostname");
  }

  @Test
  void leavesEveryByteAsItIsInModeRaw() {
    String in = report("result_success", "fine\0\u001b[31m") + "no line end";

    assertThat(format(in, "--mode=raw")).isEqualTo(new Ran(0, in, ""));
  }

  @Test
  void optionsMeanWhatTheyMeanToRuddersAgent() {
    String in = report("result_success", "fine") + report("result_na", "not here") + "said\n";

    assertThat(format(in).out()).contains("fine").doesNotContain("not here");
    assertThat(format(in, "-i").out()).contains("fine", "not here", "said");
    assertThat(format(in, "-q").out()).doesNotContain("fine");
    assertThat(format(in, "-w").out()).contains("MODE ");
    assertThat(format(in, "-r").out()).contains("R: @@Ntp@@").contains("2 components");
    assertThat(format(in, "-T", "--mode=rudder").out()).contains("   Time ");
    assertThat(format(in, "-g", "--mode=rudder").out())
        .contains("was interrupted", "Run with -i to see log messages");
    assertThat(format(in, "-g", "-r", "--mode=rudder").out()).doesNotContain("Run with -i");
    assertThat(format(in, "-g", "-r", "-q", "--mode=rudder").out()).contains("Run with -i");
    assertThat(format(in, "-iw", "--mode=rudder").out()).contains("Enforce n/a");
  }

  @Test
  void ofInfoAndQuietTheLastOneHolds() {
    String in = report("result_success", "fine") + report("result_na", "not here");

    for (String mode : new String[] {"--mode=table", "--mode=rudder"}) {
      assertThat(format(in, mode, "-q", "-i").out()).contains("fine", "not here");
      assertThat(format(in, mode, "-iq").out()).doesNotContain("fine", "not here");
      assertThat(format(in, mode, "-q", "--info", "--quiet").out()).doesNotContain("fine");
    }
  }

  @Test
  void aRunForAllComponentsThatHasNoEndExitsWith1() {
    String in = report("result_success", "fine");

    for (String mode : new String[] {"--mode=table", "--mode=rudder"}) {
      assertThat(format(in, mode, "-g").exit()).isEqualTo(1);
      assertThat(format(in, mode).exit()).isZero();
    }
    assertThat(format(in, "-g").out()).contains("! the agent was interrupted: its run has no end");
  }

  @Test
  void timesAreToldByRuddersFormatOnly() {
    assertThat(format("", "-T").exit()).isEqualTo(Exit.USAGE);
    assertThat(format("", "-T").problems()).contains("--mode=rudder");
  }

  @Test
  void linesWithTimesCountAsOthersDo() {
    String in = report("result_error", "broken").replace("R: ", "2026-11-02T08:15:01+00:00 R: ");

    for (String mode : new String[] {"--mode=table", "--mode=rudder"}) {
      assertThat(format(in, mode, "-e").exit()).isEqualTo(2);
      assertThat(format(in, mode).out()).contains("1 error").contains("broken\n");
    }
  }

  /** What Rudder's formatter has printed, from end to end: options, pieces, summary. */
  @Test
  void isByteForByteWhatRudderPrints() throws IOException {
    Map<String, List<String>> options =
        Map.of(
            "default", List.of("--host-column"),
            "info", List.of("--host-column", "-i", "-g"),
            "quiet", List.of("--host-column", "-q"),
            "full_strings", List.of("--host-column", "-w"),
            "color", List.of("--host-column", "-i", "-g", "--color=always"),
            "raw_summary", List.of("--host-column", "-r"),
            "local", List.of());
    List<Path> inputs;
    try (Stream<Path> files = Files.list(RECORDED)) {
      inputs = files.filter(file -> file.toString().endsWith(".raw")).toList();
    }
    assertThat(inputs).hasSizeGreaterThan(9);
    for (Path input : inputs) {
      for (Map.Entry<String, List<String>> set : options.entrySet()) {
        String recorded = input.toString().replaceAll("raw$", set.getKey() + ".expected");
        String expected = Files.readString(Path.of(recorded), ISO_8859_1);
        assertThat(rudders(Files.readAllBytes(input), set.getValue()))
            .as(recorded)
            .isEqualTo(expected);
      }
    }
  }

  private static String rudders(byte[] in, List<String> options) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    Shell shell =
        new Shell(new ByteArrayInputStream(in), out, new Words(out), Map.of(), Terminal.NONE);
    List<String> words = new ArrayList<>(List.of("format", "--mode=rudder"));
    words.addAll(options);
    Main.run(shell, words.toArray(String[]::new));
    return out.toString(ISO_8859_1).replaceFirst("time: [0-9.]+s", "time: <T>s");
  }

  @ParameterizedTest
  @CsvSource({
    "result_success, 0, 0, 0",
    "result_error, 0, 2, 2",
    "audit_error, 0, 2, 2",
    "audit_noncompliant, 0, 0, 3"
  })
  void exitsAsRuddersCommandDoes(String state, int plainly, int withErrors, int withDeviations) {
    for (String mode : new String[] {"--mode=table", "--mode=rudder"}) {
      String in = report(state, "x");
      assertThat(format(in, mode).exit()).isEqualTo(plainly);
      assertThat(format(in, mode, "-e").exit()).isEqualTo(withErrors);
      assertThat(format(in, mode, "-E").exit()).isEqualTo(withDeviations);
    }
  }

  @Test
  void hasColoursOnATerminalWhoseUserWantsThem() {
    String in = report("result_error", "broken");

    assertThat(format(in).out()).doesNotContain("\u001b");
    assertThat(format(in, "--color=always").out()).contains("\u001b[1;31m");
    assertThat(format(in, SCREEN, Map.of()).out()).contains("\u001b[1;31m");
    assertThat(format(in, SCREEN, Map.of(), "--color=never").out()).doesNotContain("\u001b");
    assertThat(format(in, SCREEN, Map.of(), "-c").out()).doesNotContain("\u001b");
    assertThat(format(in, new Terminal(false, true, true, false), Map.of()).out())
        .doesNotContain("\u001b");
  }

  @Test
  void aRowIsThereBeforeTheNextLineComes() throws IOException, InterruptedException {
    PipedOutputStream agent = new PipedOutputStream();
    PipedInputStream shown = new PipedInputStream();
    try (InputStream in = new PipedInputStream(agent);
        OutputStream out = new PipedOutputStream(shown)) {
      Shell shell = new Shell(in, out, new Words(out), Map.of(), Terminal.NONE);
      Thread program = Thread.ofPlatform().start(() -> Main.run(shell, "format"));
      agent.write(report("result_repaired", "restarted").getBytes(StandardCharsets.UTF_8));
      agent.flush();

      StringBuilder seen = new StringBuilder();
      while (seen.indexOf("restarted\n") < 0) {
        seen.append((char) shown.read());
      }
      assertThat(program.isAlive()).isTrue();
      agent.close();
      program.join();
    }
  }

  @Test
  void endsQuietlyWhenNobodyReadsAnyMore() {
    OutputStream closed =
        new OutputStream() {
          @Override
          public void write(int b) throws IOException {
            throw new IOException("Broken pipe");
          }
        };
    Shell shell =
        new Shell(
            new ByteArrayInputStream("x".getBytes(StandardCharsets.UTF_8)),
            closed,
            new Words(closed),
            Map.of(),
            Terminal.NONE);

    assertThat(Main.run(shell, "format", "--mode=raw")).isEqualTo(Exit.NO_READER);
  }

  @Test
  void saysWhatIsWrongWithTheCommandLine() {
    Ran ran = format("", "--mode=fancy");

    assertThat(ran.exit()).isEqualTo(Exit.USAGE);
    assertThat(ran.out()).isEmpty();
    assertThat(ran.problems())
        .contains("expected one of [table, rudder, raw]", "See remote-run format --help");
    assertThat(Ran.with("fromat").problems()).contains("fromat", "format");
    assertThat(Ran.with("fromat").exit()).isEqualTo(Exit.USAGE);
  }
}
