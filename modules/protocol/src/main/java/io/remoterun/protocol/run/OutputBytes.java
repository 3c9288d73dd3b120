package io.remoterun.protocol.run;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Bytes that an agent printed, never changed on their way: NUL and invalid UTF-8 are kept.
 * Immutable.
 */
public final class OutputBytes {
  private final byte[] bytes;

  private OutputBytes(byte[] bytes) {
    this.bytes = bytes;
  }

  /** A copy of the bytes from {@code from} up to but not including {@code to}. */
  public static OutputBytes copyOf(byte[] bytes, int from, int to) {
    return new OutputBytes(Arrays.copyOfRange(bytes, from, to));
  }

  public static OutputBytes copyOf(byte[] bytes) {
    return copyOf(bytes, 0, bytes.length);
  }

  public static OutputBytes ofUtf8(String text) {
    return new OutputBytes(text.getBytes(StandardCharsets.UTF_8));
  }

  public byte[] toByteArray() {
    return bytes.clone();
  }

  public int size() {
    return bytes.length;
  }

  /** Whether these are the end of a line, or of a whole one. */
  public boolean endsLine() {
    return bytes.length > 0 && bytes[bytes.length - 1] == '\n';
  }

  /** The text, with the replacement character where the bytes are no UTF-8. */
  public String toUtf8() {
    return new String(bytes, StandardCharsets.UTF_8);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof OutputBytes that && Arrays.equals(bytes, that.bytes);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(bytes);
  }

  @Override
  public String toString() {
    return Printable.of(toUtf8());
  }
}
