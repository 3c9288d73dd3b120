package io.remoterun.cli.follow;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.remoterun.cli.console.Shell;
import io.remoterun.cli.console.Signals;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;

/** What a person who has pressed Ctrl-C wants. Without one to ask the run goes on by itself. */
final class LeaveQuestion {
  private static final Path TERMINAL = Path.of("/dev/tty");

  enum Answer {
    GO_ON,
    DETACH,
    CANCEL
  }

  private final Shell shell;
  private final Signals signals;

  LeaveQuestion(Shell shell, Signals signals) {
    this.shell = shell;
    this.signals = signals;
  }

  Answer ask() {
    if (!shell.terminal().problems() || !Files.isReadable(TERMINAL)) {
      return Answer.DETACH;
    }
    shell.problems().write("\n[d]etach and let the run go on, [c]ancel it, or Enter to go on? ");
    Thread.ofPlatform().daemon().name("answer").start(this::read);
    return switch (signals.take()) {
      case Signals.Signal(String name, _) -> {
        shell.problems().say("");
        yield name.equals("INT") ? Answer.CANCEL : Answer.DETACH;
      }
      case Signals.Typed(String line) ->
          switch (line.strip().toLowerCase(Locale.ROOT)) {
            case "d", "detach" -> Answer.DETACH;
            case "c", "cancel" -> Answer.CANCEL;
            default -> Answer.GO_ON;
          };
    };
  }

  private void read() {
    try (BufferedReader in = Files.newBufferedReader(TERMINAL, UTF_8)) {
      String line = in.readLine();
      signals.typed(line == null ? "detach" : line);
    } catch (IOException e) {
      signals.typed("detach");
    }
  }
}
