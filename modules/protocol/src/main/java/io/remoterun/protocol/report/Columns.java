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

  /** A text that is filled up with spaces, or cut; see {@link Characters#printed}. */
  void column(byte[] line, int from, int to, int width) {
    if (Bytes.isText(line, from, to)) {
      int bytes = Math.min(width, to - from);
      text(line, from, from + bytes);
      spaces(width - bytes);
      return;
    }
    int characters = Math.min(width, Characters.printed(line, from, to));
    text(line, from, Characters.skip(line, from, to, characters));
    spaces(width - characters);
  }

  /** The same of a text in ASCII. */
  void column(String ascii, int width) {
    text(ascii.length() <= width ? ascii : ascii.substring(0, width));
    spaces(width - Math.min(ascii.length(), width));
  }

  /** A text that is filled up, and not cut for its width. */
  void wide(byte[] line, int from, int to, int width) {
    int characters = Characters.printed(line, from, to);
    text(line, from, Characters.skip(line, from, to, characters));
    spaces(Math.max(0, width - characters));
  }

  void spaces(int count) {
    room(count);
    Arrays.fill(buffer, size, size + count, (byte) ' ');
    size += count;
  }

  /** What was written since it was asked last. */
  byte[] take() {
    byte[] written = Arrays.copyOf(buffer, size);
    size = 0;
    return written;
  }
}
