package io.remoterun.cli.format;

import io.remoterun.cli.console.Colors;
import io.remoterun.cli.console.Terminal;
import io.remoterun.protocol.report.FormatOptions;
import picocli.CommandLine.Option;

/** What is shown of the agents' output, and how; the letters are those of Rudder's agent. */
public final class ViewOptions {
  private boolean info;
  private boolean quiet;

  @Option(
      names = {"-w", "--full-strings"},
      description = "Cut nothing to the width of its column.")
  boolean fullStrings;

  @Option(
      names = {"-c", "--no-color"},
      description = "No colours; the same as --color=never.")
  boolean colorless;

  @Option(
      names = "--color",
      paramLabel = "WHEN",
      description = "Colours: always, never or auto, which is on a terminal.")
  Colors color = Colors.auto;

  @Option(
      names = {"-e", "--fail-on-error"},
      description = "Exit with 2 when some policy had an error.")
  boolean errors;

  @Option(
      names = {"-E", "--fail-on-deviation"},
      description = "The same, and with 3 when something is not compliant.")
  boolean deviations;

  // Of these the one that is said last holds, as Rudder's commands have it.

  @Option(
      names = {"-i", "--info"},
      description =
          "Also lines that are no reports, and reports of what did not apply. Of -i and -q the"
              + " last one holds.")
  void info(boolean isGiven) {
    if (isGiven) {
      info = true;
      quiet = false;
    }
  }

  @Option(
      names = {"-q", "--quiet"},
      description = "Only what was changed or is wrong.")
  void quiet(boolean isGiven) {
    if (isGiven) {
      info = false;
      quiet = true;
    }
  }

  /** What Rudder's {@code -r} does beside: quiet stays. */
  void alsoInfo() {
    info = true;
  }

  /** Whether an error of a policy counts for the exit status. */
  public boolean errors() {
    return errors;
  }

  /** Whether also something that is not compliant does. */
  public boolean deviations() {
    return deviations;
  }

  public FormatOptions options(
      Terminal terminal, boolean raw, boolean timing, boolean fullCompliance, boolean hostColumn) {
    return new FormatOptions(
        info,
        quiet,
        fullStrings,
        raw,
        !colorless && color.on(terminal),
        timing,
        fullCompliance,
        hostColumn);
  }
}
