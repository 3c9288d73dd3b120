package io.remoterun.cli.login;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.remoterun.cli.console.Failure;
import io.remoterun.cli.console.Shell;
import java.io.BufferedReader;
import java.io.Console;
import java.io.IOException;
import java.io.InputStreamReader;

/** Asks the person on the terminal; elsewhere the answers are the lines of the input. */
final class Asks {
  private final Shell shell;
  private final BufferedReader lines;
  private final boolean isPerson;

  Asks(Shell shell) {
    this.shell = shell;
    this.lines = new BufferedReader(new InputStreamReader(shell.in(), UTF_8));
    this.isPerson = shell.terminal().in() && shell.terminal().problems();
  }

  boolean isPerson() {
    return isPerson;
  }

  /** An answer that everybody may see; empty for none. */
  String open(String question) throws IOException {
    if (isPerson) {
      shell.problems().write(question);
    }
    return line();
  }

  /** One that is not shown while it is typed. */
  @SuppressWarnings("SystemConsoleNull") // Java 25 has none again where there is no terminal
  String secret(String question) throws IOException {
    if (!isPerson) {
      return line();
    }
    Console console = System.console();
    if (console == null) {
      throw new Failure("input and output have to be a terminal, so that the secret is not shown");
    }
    char[] typed = console.readPassword("%s", question);
    if (typed == null) {
      throw new Failure("nothing was typed");
    }
    return new String(typed).strip();
  }

  private String line() throws IOException {
    String line = lines.readLine();
    if (line == null) {
      throw new Failure("the input has ended before all was answered");
    }
    return line.strip();
  }
}
