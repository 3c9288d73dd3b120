package io.remoterun.protocol.cfengine;

import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * Bytes that came and were not understood yet. What is whole is taken at once, so it holds at most
 * what was added last and one incomplete line or transaction.
 */
final class ReceivedBytes {
  private byte[] bytes = new byte[512];
  private int from;
  private int to;

  void add(ByteBuffer more) {
    int size = size();
    int added = more.remaining();
    if (to + added > bytes.length) {
      byte[] target = size + added > bytes.length ? new byte[2 * (size + added)] : bytes;
      System.arraycopy(bytes, from, target, 0, size);
      bytes = target;
      from = 0;
      to = size;
    }
    more.get(bytes, to, added);
    to += added;
  }

  int size() {
    return to - from;
  }

  byte at(int index) {
    return bytes[from + index];
  }

  boolean startWith(byte[] expected) {
    return size() >= expected.length
        && Arrays.equals(bytes, from, from + expected.length, expected, 0, expected.length);
  }

  /** The first {@code length} bytes, which are then gone from here. */
  byte[] take(int length) {
    byte[] taken = Arrays.copyOfRange(bytes, from, from + length);
    from += length;
    return taken;
  }

  void clear() {
    from = to;
  }
}
