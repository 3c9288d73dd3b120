package io.remoterun.cli.console;

/** When the output has colours; the names are what is typed. */
public enum Colors {
  always,
  never,
  /** On a terminal, unless its user does not want them. */
  auto;

  public boolean on(Terminal terminal) {
    return switch (this) {
      case always -> true;
      case never -> false;
      case auto -> terminal.out() && terminal.hasColors();
    };
  }
}
