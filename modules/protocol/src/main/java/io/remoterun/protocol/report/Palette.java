package io.remoterun.protocol.report;

/** The colours of a terminal, by what they are used for; all empty where there are none. */
enum Palette {
  COLORS(true),
  NONE(false);

  final String normal;
  final String header;
  final String good;
  final String changed;
  final String bad;
  final String deviating;
  final String info;
  final String enforce;
  final String audit;
  final String plain;

  Palette(boolean isColored) {
    normal = sequence(isColored, "\033[0;39m\033[0;49m");
    header = sequence(isColored, "\033[0;02m");
    good = sequence(isColored, "\033[1;32m");
    changed = sequence(isColored, "\033[1;33m");
    bad = sequence(isColored, "\033[1;31m");
    deviating = sequence(isColored, "\033[1;35m");
    info = sequence(isColored, "\033[1;36m");
    enforce = sequence(isColored, "\033[0;32m");
    audit = sequence(isColored, "\033[0;34m");
    plain = enforce;
  }

  private static String sequence(boolean isColored, String text) {
    return isColored ? text : "";
  }

  /** The text in that colour. */
  String of(String color, String text) {
    return this == NONE || text.isEmpty() ? text : color + text + normal;
  }
}
