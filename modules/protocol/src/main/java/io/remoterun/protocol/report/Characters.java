package io.remoterun.protocol.report;

import java.io.ByteArrayOutputStream;
import java.util.Arrays;

/**
 * The characters in bytes that may be no UTF-8, as gawk and the C library below it see them: a
 * character has up to six bytes, and in most places a NUL is the end of a text.
 */
final class Characters {
  /** What stands for a byte that is no character. */
  private static final byte[] REPLACEMENT = {(byte) 0xef, (byte) 0xbf, (byte) 0xbd};

  /** By the lead byte, from 0xc0 on: how many bytes, and the least second one. */
  private static final int[] SIZES = new int[64];

  private static final int[] LEAST_SECONDS = new int[64];

  static {
    for (int lead = 0xc2; lead < 0xfe; lead++) {
      SIZES[lead - 0xc0] =
          lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : lead < 0xf8 ? 4 : lead < 0xfc ? 5 : 6;
      LEAST_SECONDS[lead - 0xc0] =
          switch (lead) {
            case 0xe0 -> 0xa0;
            case 0xf0 -> 0x90;
            case 0xf8 -> 0x88;
            case 0xfc -> 0x84;
            default -> 0x80;
          };
    }
  }

  private Characters() {}

  /** How many bytes the character takes that begins there; 0 for a byte that begins none. */
  static int size(byte[] line, int place, int to) {
    int size = sizeForDot(line, place, to);
    boolean isSurrogate = size == 3 && line[place] == (byte) 0xed && line[place + 1] >= (byte) 0xa0;
    return isSurrogate ? 0 : size;
  }

  /** The same for the dot of a regular expression, which takes surrogates as well. */
  static int sizeForDot(byte[] line, int place, int to) {
    byte first = line[place];
    if (first >= 0) {
      return 1;
    }
    int lead = (first & 0xff) - 0xc0;
    int size = lead < 0 ? 0 : SIZES[lead];
    if (size == 0 || place + size > to || (line[place + 1] & 0xff) < LEAST_SECONDS[lead]) {
      return 0;
    }
    for (int i = 1; i < size; i++) {
      if ((line[place + i] & 0xc0) != 0x80) {
        return 0;
      }
    }
    return size;
  }

  /** What {@code length} says: a byte that is no character counts as one. */
  static int length(byte[] line, int from, int to) {
    int characters = 0;
    for (int i = from; i < to; i += Math.max(1, size(line, i, to))) {
      characters++;
    }
    return characters;
  }

  /**
   * How many {@code printf} sees where it has to know the width: it stops at the first byte that is
   * no character, but where that is the very first it counts bytes.
   */
  static int printed(byte[] line, int from, int to) {
    if (from == to || isBad(line, from, to)) {
      return to - from;
    }
    int characters = 0;
    for (int i = from; i < to && !isBad(line, i, to); i += size(line, i, to)) {
      characters++;
    }
    return characters;
  }

  /** Where so many of them end. */
  static int skip(byte[] line, int from, int to, int printed) {
    if (from == to || isBad(line, from, to)) {
      return from + printed;
    }
    int end = from;
    for (int i = 0; i < printed; i++) {
      end += size(line, end, to);
    }
    return end;
  }

  private static boolean isBad(byte[] line, int place, int to) {
    return line[place] == 0 || size(line, place, to) == 0;
  }

  /**
   * What {@code substr} makes of a part of a text: where the text has characters of several bytes,
   * what is no character is replaced in the part.
   *
   * @param text where the text begins
   * @param end where it ends
   */
  static byte[] part(byte[] line, int text, int from, int to, int end) {
    if (hasWide(line, text, end)) {
      return replaced(line, from, to);
    }
    return Arrays.copyOfRange(line, from, to);
  }

  private static boolean hasWide(byte[] line, int from, int to) {
    for (int i = from; i < to; i++) {
      if (size(line, i, to) > 1) {
        return true;
      }
    }
    return false;
  }

  private static byte[] replaced(byte[] line, int from, int to) {
    ByteArrayOutputStream replaced = new ByteArrayOutputStream(to - from);
    int i = from;
    while (i < to) {
      int size = size(line, i, to);
      if (size == 0) {
        replaced.writeBytes(REPLACEMENT);
        i++;
      } else {
        replaced.write(line, i, size);
        i += size;
      }
    }
    return replaced.toByteArray();
  }
}
