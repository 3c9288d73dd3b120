package io.remoterun.protocol.report;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * Looks for texts in lines of bytes, which are never decoded; eight bytes at a time, which is what
 * most of the time of formatting goes into.
 */
final class Bytes {
  private static final VarHandle EIGHT =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
  private static final long EACH_BYTE = 0x0101010101010101L;
  private static final long HIGHEST_BITS = 0x8080808080808080L;

  private static final byte DELETE = 0x7f;

  private Bytes() {}

  /** Where the character is first found at or after this place and before the end; -1 if not. */
  static int find(byte[] line, int from, int end, char ascii) {
    long pattern = ascii * EACH_BYTE;
    int i = from;
    for (; i + Long.BYTES <= end; i += Long.BYTES) {
      // A byte that is the character becomes 0, and of such bytes the highest bit is left.
      long different = (long) EIGHT.get(line, i) ^ pattern;
      long found = (different - EACH_BYTE) & ~different & HIGHEST_BITS;
      if (found != 0) {
        return i + Long.numberOfTrailingZeros(found) / Byte.SIZE;
      }
    }
    for (; i < end; i++) {
      if (line[i] == ascii) {
        return i;
      }
    }
    return -1;
  }

  /** The same for a text of at least two characters. */
  static int find(byte[] line, int from, int end, String ascii) {
    char first = ascii.charAt(0);
    char second = ascii.charAt(1);
    boolean isLong = ascii.length() > 2;
    int last = end - ascii.length() + 1;
    int place = find(line, from, last, first);
    while (place >= 0
        && (line[place + 1] != second || (isLong && !isAt(line, place, end, ascii)))) {
      place = find(line, place + 1, last, first);
    }
    return place;
  }

  static int findLast(byte[] line, int from, int end, String ascii) {
    int last = -1;
    int place = find(line, from, end, ascii);
    while (place >= 0) {
      last = place;
      place = find(line, place + 1, end, ascii);
    }
    return last;
  }

  static boolean isAscii(byte[] line, int from, int end) {
    int i = from;
    for (; i + Long.BYTES <= end; i += Long.BYTES) {
      if (((long) EIGHT.get(line, i) & HIGHEST_BITS) != 0) {
        return false;
      }
    }
    for (; i < end; i++) {
      if (line[i] < 0) {
        return false;
      }
    }
    return true;
  }

  /** Whether all of it is ASCII without NUL. */
  static boolean isText(byte[] line, int from, int end) {
    int i = from;
    for (; i + Long.BYTES <= end; i += Long.BYTES) {
      long bytes = (long) EIGHT.get(line, i);
      if (((bytes | (bytes - EACH_BYTE)) & HIGHEST_BITS) != 0) {
        return false;
      }
    }
    for (; i < end; i++) {
      if (line[i] <= 0) {
        return false;
      }
    }
    return true;
  }

  /** Whether all of it is ASCII that a terminal shows in a column each. */
  static boolean isPlain(byte[] line, int from, int end) {
    int i = from;
    for (; i + Long.BYTES <= end; i += Long.BYTES) {
      long bytes = (long) EIGHT.get(line, i);
      long below = bytes - ' ' * EACH_BYTE;
      long delete = (bytes ^ DELETE * EACH_BYTE) - EACH_BYTE;
      if (((bytes | below | delete) & HIGHEST_BITS) != 0) {
        return false;
      }
    }
    for (; i < end; i++) {
      if (line[i] < ' ' || line[i] == DELETE) {
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
