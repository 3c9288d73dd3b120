package io.remoterun.protocol.report;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.Arrays;

/** Writes texts in columns whose width is counted in characters, as gawk's printf does. */
final class Columns {
  private byte[] buffer = new byte[256];
  private int size;

  /** A text that may have any characters. */
  void utf8(String text) {
    text(text.getBytes(UTF_8));
  }

  void text(byte[] text) {
    text(text, 0, text.length);
  }

  void text(byte[] line, int from, int to) {
    room(to - from);
    System.arraycopy(line, from, buffer, size, to - from);
    size += to - from;
  }

  private void room(int bytes) {
    if (bytes > buffer.length - size) {
      buffer = Arrays.copyOf(buffer, Math.max(2 * buffer.length, size + bytes));
    }
  }

  void text(String ascii) {
    room(ascii.length());
    for (int i = 0; i < ascii.length(); i++) {
      buffer[size++] = (byte) ascii.charAt(i);
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
    text(line, from, end);
    spaces(left);
  }

  /** The same of a text in ASCII. */
  void column(String ascii, int width) {
    text(ascii.length() <= width ? ascii : ascii.substring(0, width));
    spaces(width - Math.min(ascii.length(), width));
  }

  /** A text that is filled up, and never cut. */
  void wide(byte[] line, int from, int to, int width) {
    text(line, from, to);
    spaces(Math.max(0, width - count(line, from, to)));
  }

  void spaces(int count) {
    room(count);
    Arrays.fill(buffer, size, size + count, (byte) ' ');
    size += count;
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
    byte[] written = Arrays.copyOf(buffer, size);
    size = 0;
    return written;
  }
}
