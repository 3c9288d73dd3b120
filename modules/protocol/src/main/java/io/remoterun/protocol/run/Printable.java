package io.remoterun.protocol.run;

/** Text from outside, made safe for one line of a log or an error message. */
public final class Printable {
  private static final int MOST_CHARACTERS = 200;

  private Printable() {}

  /**
   * The text with every control character replaced by {@code ?}, cut after 200 characters: what a
   * stranger sends can neither forge a log line nor fill a disk.
   */
  public static String of(String text) {
    return of(text, MOST_CHARACTERS);
  }

  /** The same, cut after another number of characters. */
  public static String of(String text, int mostCharacters) {
    StringBuilder safe = new StringBuilder();
    text.codePoints()
        .limit(mostCharacters)
        .forEach(c -> safe.appendCodePoint(isControl(c) ? '?' : c));
    return text.codePointCount(0, text.length()) > mostCharacters ? safe + "..." : safe.toString();
  }

  /** In single quotes, of which it has none itself: nobody takes what follows them for ours. */
  public static String quoted(String text) {
    return "'" + of(text).replace('\'', '?') + "'";
  }

  private static boolean isControl(int codePoint) {
    return switch (Character.getType(codePoint)) {
      case Character.CONTROL,
          Character.FORMAT,
          Character.SURROGATE,
          Character.LINE_SEPARATOR,
          Character.PARAGRAPH_SEPARATOR ->
          true;
      default -> false;
    };
  }
}
