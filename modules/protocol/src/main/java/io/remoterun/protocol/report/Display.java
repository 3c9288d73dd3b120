package io.remoterun.protocol.report;

import org.jline.utils.WCWidth;

/**
 * Texts as a terminal shows them: how many columns they take, and nothing in them that a terminal
 * would obey. Widths are JLine's, which follows Unicode's tables.
 */
final class Display {
  private static final int CONTROL_PICTURES = 0x2400;
  private static final String CUT = "…";

  private Display() {}

  /** In columns; an unfinished or unknown character takes one. */
  static int width(String text) {
    return isPlain(text) ? text.length() : widthOfClusters(text);
  }

  /** Whether each character takes a column and none is a control character, as in most texts. */
  private static boolean isPlain(String text) {
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c < ' ' || c > '~') {
        return false;
      }
    }
    return true;
  }

  private static int widthOfClusters(String text) {
    int width = 0;
    for (int i = 0; i < text.length(); i += cluster(text, i)) {
      width += widthOf(text, i);
    }
    return width;
  }

  private static int cluster(String text, int place) {
    char first = text.charAt(place);
    boolean isAlone = first < 0x80 && (place + 1 == text.length() || text.charAt(place + 1) < 0x80);
    return isAlone ? 1 : Math.max(1, WCWidth.charCountForGraphemeCluster(text, place));
  }

  private static int widthOf(String text, int place) {
    char first = text.charAt(place);
    return first < 0x80 ? 1 : Math.max(0, WCWidth.wcwidth(text.codePointAt(place)));
  }

  /** The text with as many spaces as it needs to be that wide; never cut. */
  static String padded(String text, int width) {
    int missing = width - width(text);
    return missing <= 0 ? text : text + " ".repeat(missing);
  }

  /** The same, and where it is wider its end is cut. */
  static String fitted(String text, int width) {
    if (width(text) <= width) {
      return padded(text, width);
    }
    if (isPlain(text)) {
      return text.substring(0, width - 1) + CUT;
    }
    int used = 0;
    int end = 0;
    while (end < text.length() && used + widthOf(text, end) < width) {
      used += widthOf(text, end);
      end += cluster(text, end);
    }
    return padded(text.substring(0, end) + CUT, width);
  }

  /** Control characters as the pictures that Unicode has for them; tabs as a space. */
  static String visible(String text) {
    if (isPlain(text) || text.chars().noneMatch(Display::isControl)) {
      return text;
    }
    StringBuilder visible = new StringBuilder(text.length());
    text.chars().forEach(c -> visible.append(isControl(c) ? picture(c) : (char) c));
    return visible.toString();
  }

  private static boolean isControl(int c) {
    return c < ' ' || (c >= 0x7f && c < 0xa0);
  }

  private static char picture(int c) {
    if (c == '\t') {
      return ' ';
    }
    return c == 0x7f ? '\u2421' : c < ' ' ? (char) (CONTROL_PICTURES + c) : '\ufffd';
  }
}
