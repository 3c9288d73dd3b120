package io.remoterun.protocol.report;

import org.jline.utils.WCWidth;

/**
 * Texts as a terminal shows them: how many columns they take, and nothing in them that a terminal
 * would obey. Widths are JLine's, which follows Unicode's tables.
 */
public final class Display {
  private static final int CONTROL_PICTURES = 0x2400;
  static final String CUT = "…";

  /** Variation selector 16: what is before it is to be shown as a picture. */
  private static final int AS_PICTURE = 0xfe0f;

  // Letters of which two are a flag.
  private static final int FIRST_OF_FLAGS = 0x1f1e6;
  private static final int LAST_OF_FLAGS = 0x1f1ff;

  private Display() {}

  /** In columns; an unfinished or unknown character takes one. */
  public static int width(String text) {
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

  /** How many chars belong together: one character and what is put upon it. */
  private static int cluster(String text, int place) {
    char first = text.charAt(place);
    boolean isAlone = first < 0x80 && (place + 1 == text.length() || text.charAt(place + 1) < 0x80);
    return isAlone ? 1 : Math.max(1, WCWidth.charCountForGraphemeCluster(text, place));
  }

  /** Of a cluster: as wide as its widest character, and pictures are two. */
  private static int widthOf(String text, int place) {
    int end = place + cluster(text, place);
    int width = 0;
    int flags = 0;
    for (int i = place; i < end; i += Character.charCount(text.codePointAt(i))) {
      int c = text.codePointAt(i);
      flags += c >= FIRST_OF_FLAGS && c <= LAST_OF_FLAGS ? 1 : 0;
      width = c == AS_PICTURE || flags == 2 ? 2 : Math.max(width, columns(c));
    }
    return width;
  }

  private static int columns(int c) {
    return c < 0x80 ? 1 : Math.max(0, WCWidth.wcwidth(c));
  }

  /** The text with as many spaces as it needs to be that wide; never cut. */
  public static String padded(String text, int width) {
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

  /**
   * Control characters as the pictures that Unicode has for them; tabs as a space. What turns the
   * direction of a text, or cannot be seen, is replaced: one text could be read as another.
   */
  public static String visible(String text) {
    if (isPlain(text) || text.chars().noneMatch(Display::isHidden)) {
      return text;
    }
    StringBuilder visible = new StringBuilder(text.length());
    text.chars().forEach(c -> visible.append(isHidden(c) ? picture(c) : (char) c));
    return visible.toString();
  }

  private static boolean isHidden(int c) {
    if (c < 0x80) {
      return c < ' ' || c == 0x7f;
    }
    return switch (Character.getType(c)) {
      // What joins the letters of some scripts, and the parts of pictures, has a meaning.
      case Character.FORMAT -> c != '\u200c' && c != '\u200d';
      case Character.CONTROL, Character.LINE_SEPARATOR, Character.PARAGRAPH_SEPARATOR -> true;
      default -> false;
    };
  }

  private static char picture(int c) {
    if (c == '\t') {
      return ' ';
    }
    return c == 0x7f ? '\u2421' : c < ' ' ? (char) (CONTROL_PICTURES + c) : '\ufffd';
  }
}
