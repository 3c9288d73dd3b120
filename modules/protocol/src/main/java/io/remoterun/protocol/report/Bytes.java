package io.remoterun.protocol.report;

/** Looks for texts in lines of bytes, which are never decoded. */
final class Bytes {
  private Bytes() {}

  /** Where the text is first found at or after this place and before the end; -1 if it is not. */
  static int find(byte[] line, int from, int end, String ascii) {
    char first = ascii.charAt(0);
    for (int i = from; i <= end - ascii.length(); i++) {
      if (line[i] == first && isAt(line, i, end, ascii)) {
        return i;
      }
    }
    return -1;
  }

  static int findLast(byte[] line, int from, int end, String ascii) {
    char first = ascii.charAt(0);
    for (int i = end - ascii.length(); i >= from; i--) {
      if (line[i] == first && isAt(line, i, end, ascii)) {
        return i;
      }
    }
    return -1;
  }

  /** Whether all of it is ASCII that a terminal shows in a column each. */
  static boolean isPlain(byte[] line, int from, int to) {
    for (int i = from; i < to; i++) {
      if (line[i] < ' ' || line[i] == 0x7f) {
        return false;
      }
    }
    return true;
  }

  static boolean isAt(byte[] line, int place, int end, String ascii) {
    if (place < 0 || place + ascii.length() > end) {
      return false;
    }
    for (int i = 0; i < ascii.length(); i++) {
      if (line[place + i] != ascii.charAt(i)) {
        return false;
      }
    }
    return true;
  }
}
