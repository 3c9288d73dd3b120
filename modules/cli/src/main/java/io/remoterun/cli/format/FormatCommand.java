package io.remoterun.cli.format;

import io.remoterun.cli.console.Exit;
import io.remoterun.cli.console.Failure;
import io.remoterun.cli.console.Shell;
import io.remoterun.protocol.report.FormatOptions;
import io.remoterun.protocol.report.OutputFormatter;
import io.remoterun.protocol.report.RudderFormatter;
import io.remoterun.protocol.report.TableFilter;
import java.io.IOException;
import java.util.Arrays;
import java.util.concurrent.Callable;
import java.util.function.IntSupplier;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** A filter: agents' output in, the table out, line by line. */
@Command(
    name = "format",
    description = "Write what agents have printed (standard input) as a table.",
    footer = {
      "",
      "Exits with 0, or as -e and -E say; with 1 when an agent could not run or was",
      "interrupted. A line of more than 16 MiB is formatted in pieces."
    })
public final class FormatCommand implements Callable<Integer> {
  private static final int PIECE = 64 << 10;

  /** Of a line. */
  private static final int MOST_BYTES = 16 << 20;

  private final Shell shell;

  @Option(
      names = "--mode",
      paramLabel = "MODE",
      description =
          "table, the product's own; rudder, as Rudder's formatter writes it; raw, as it is."
              + " Default: table.")
  Mode mode = Mode.table;

  @Option(
      names = {"-T", "--timing"},
      description = "How long each component took (mode rudder).")
  boolean timing;

  @Option(
      names = {"-g", "--full-compliance"},
      description = "The runs were for all components: one without an end was interrupted.")
  boolean fullCompliance;

  @Option(
      names = "--host-column",
      description = "Lines begin with hosts, as cf-runagent prints them; the table shows them.")
  boolean hostColumn;

  @Mixin ViewOptions view = new ViewOptions();

  private boolean raw;

  /** The names are what is typed. */
  enum Mode {
    table,
    rudder,
    raw
  }

  public FormatCommand(Shell shell) {
    this.shell = shell;
  }

  @Option(
      names = {"-r", "--raw"},
      description = "The lines as they are, and a summary.")
  void raw(boolean isGiven) {
    if (isGiven) {
      raw = true;
      view.alsoInfo();
    }
  }

  @Override
  public Integer call() throws IOException {
    FormatOptions options = view.options(shell.terminal(), raw, timing, fullCompliance, hostColumn);
    if (timing && mode != Mode.rudder) {
      throw Failure.usage("-T is for --mode=rudder: no other mode tells times");
    }
    return switch (mode) {
      case raw -> {
        shell.in().transferTo(shell.out());
        yield Exit.FINE;
      }
      case rudder -> {
        RudderFormatter formatter = new RudderFormatter(options, MOST_BYTES);
        yield format(formatter, () -> formatter.exitStatus(view.errors(), view.deviations()));
      }
      case table -> {
        TableFilter filter = new TableFilter(options);
        yield format(filter, () -> filter.exitStatus(view.errors(), view.deviations()));
      }
    };
  }

  private int format(OutputFormatter formatter, IntSupplier exit) throws IOException {
    byte[] piece = new byte[PIECE];
    for (int read = shell.in().read(piece); read >= 0; read = shell.in().read(piece)) {
      shell.out().write(formatter.feed(Arrays.copyOf(piece, read)));
    }
    shell.out().write(formatter.end());
    return exit.getAsInt();
  }
}
