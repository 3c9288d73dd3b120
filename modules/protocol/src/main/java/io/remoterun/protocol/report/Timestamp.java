package io.remoterun.protocol.report;

/**
 * The time that {@code rudder agent run} puts before each line that cf-agent prints, unless it is
 * asked for debug output: {@code 2026-11-02T08:15:01+00:00} and a space. It does so with {@code -R}
 * as well.
 */
final class Timestamp {
  /** A 0 is any digit, a + may be a -. */
  private static final String FORM = "0000-00-00T00:00:00+00:00 ";

  private static final String FORM_OF_UTC = "0000-00-00T00:00:00Z ";

  private Timestamp() {}

  /** Where the line goes on after its time; where it begins if it has none. */
  static int skip(byte[] line, int from) {
    if (is(line, from, FORM)) {
      return from + FORM.length();
    }
    return is(line, from, FORM_OF_UTC) ? from + FORM_OF_UTC.length() : from;
  }

  private static boolean is(byte[] line, int from, String form) {
    if (from + form.length() > line.length) {
      return false;
    }
    for (int i = 0; i < form.length(); i++) {
      byte b = line[from + i];
      boolean fits =
          switch (form.charAt(i)) {
            case '0' -> b >= '0' && b <= '9';
            case '+' -> b == '+' || b == '-';
            default -> b == form.charAt(i);
          };
      if (!fits) {
        return false;
      }
    }
    return true;
  }
}
