package io.remoterun.protocol.report;

import java.io.ByteArrayOutputStream;
import java.util.Arrays;

/** Writes texts in columns whose width is counted in characters, as gawk's printf does. */
final class Columns {
  private static final byte[] SPACES = new byte[256];

  static {
    Arrays.fill(SPACES, (byte) ' ');
  }

  private final ByteArrayOutputStream out = new ByteArrayOutputStream();

  void text(byte[] text) {
    out.writeBytes(text);
  }

  void text(byte[] line, int from, int to) {
    out.write(line, from, to - from);
  }

  void text(String ascii) {
    for (int i = 0; i < ascii.length(); i++) {
      out.write(ascii.charAt(i));
    }
  }

  /** A text that is filled up with spaces, or cut. */
  void column(byte[] line, int from, int to, int width) {
    int end = from;
    int left = width;
    while (end < to && left > 0) {
      end = next(line, end, to);
      left--;
    }
    out.write(line, from, end - from);
    spaces(left);
  }

  /** The same of a text in ASCII. */
  void column(String ascii, int width) {
    int length = Math.min(ascii.length(), width);
    text(ascii.substring(0, length));
    spaces(width - length);
  }

  /** A text that is filled up, and never cut. */
  void wide(byte[] line, int from, int to, int width) {
    out.write(line, from, to - from);
    spaces(Math.max(0, width - count(line, from, to)));
  }

  void spaces(int count) {
    out.write(SPACES, 0, count);
  }

  /** How many characters; a byte that is no UTF-8 is one. */
  static int count(byte[] line, int from, int to) {
    int characters = 0;
    for (int i = from; i < to; i = next(line, i, to)) {
      characters++;
    }
    return characters;
  }

  private static int next(byte[] line, int place, int to) {
    byte first = line[place];
    int size = first >= 0 ? 1 : sizeOf(first);
    if (place + size > to) {
      return place + 1;
    }
    for (int i = 1; i < size; i++) {
      if ((line[place + i] & 0xc0) != 0x80) {
        return place + 1;
      }
    }
    return place + size;
  }

  private static int sizeOf(byte first) {
    if ((first & 0xe0) == 0xc0) {
      return 2;
    }
    if ((first & 0xf0) == 0xe0) {
      return 3;
    }
    return (first & 0xf8) == 0xf0 ? 4 : 1;
  }

  /** What was written since it was asked last. */
  byte[] take() {
    byte[] written = out.toByteArray();
    out.reset();
    return written;
  }
}
