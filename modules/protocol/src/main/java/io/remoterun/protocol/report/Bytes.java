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
    for (int i = end - ascii.length(); i >= from; i--) {
      if (isAt(line, i, end, ascii)) {
        return i;
      }
    }
    return -1;
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
