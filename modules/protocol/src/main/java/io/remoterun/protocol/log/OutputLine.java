package io.remoterun.protocol.log;

import io.remoterun.protocol.run.RunEvent;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;

/**
 * The line of an output, written by hand, as nearly all that is sent and stored are such lines.
 * What follows the output is the caller's.
 */
final class OutputLine {
  private static final byte[] HEX = "0123456789ABCDEF".getBytes(StandardCharsets.US_ASCII);
  private static final byte[] TEXT = ascii("\",\"text\":\"");
  private static final byte[] BASE64 = ascii("\",\"base64\":\"");
  static final byte[] BEGIN = ascii("{\"event\":\"output\",\"node\":\"");

  private OutputLine() {}

  /**
   * @param rest of the line, from the quote on that ends the output
   */
  static byte[] encode(RunEvent.Output output, String rest) {
    byte[] bytes = output.bytes().toByteArray();
    byte[] node = ascii(output.node().value()); // never needs escaping
    return isUtf8(bytes)
        ? escaped(node, bytes, ascii(rest))
        : join(BEGIN, node, BASE64, Base64.getEncoder().encode(bytes), ascii(rest));
  }

  /** Whether there is such a line; what follows {@link #BEGIN} is the node's id and a quote. */
  static boolean begins(byte[] lines, int from) {
    int to = from + BEGIN.length;
    return to <= lines.length && Arrays.equals(lines, from, to, BEGIN, 0, BEGIN.length);
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }

  private static boolean isUtf8(byte[] bytes) {
    for (byte b : bytes) {
      if (b < 0) {
        return isDecodable(bytes);
      }
    }
    return true;
  }

  private static boolean isDecodable(byte[] bytes) {
    try {
      var _ = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes));
      return true;
    } catch (CharacterCodingException e) {
      return false;
    }
  }

  private static byte[] escaped(byte[] node, byte[] text, byte[] rest) {
    int size = BEGIN.length + node.length + TEXT.length + rest.length;
    for (byte b : text) {
      size += sizeOf(b);
    }
    ByteBuffer line = ByteBuffer.allocate(size).put(BEGIN).put(node).put(TEXT);
    for (byte b : text) {
      switch (sizeOf(b)) {
        case 1 -> line.put(b);
        case 2 -> line.put((byte) '\\').put(shortOf(b));
        default ->
            line.put((byte) '\\')
                .put((byte) 'u')
                .put((byte) '0')
                .put((byte) '0')
                .put(HEX[b >> 4])
                .put(HEX[b & 15]);
      }
    }
    return line.put(rest).array();
  }

  private static int sizeOf(byte b) {
    if (b < 0 || b >= ' ') {
      return b == '"' || b == '\\' ? 2 : 1;
    }
    return shortOf(b) == 0 ? 6 : 2;
  }

  private static byte shortOf(byte b) {
    return switch (b) {
      case '"', '\\' -> b;
      case '\n' -> 'n';
      case '\r' -> 'r';
      case '\t' -> 't';
      case '\b' -> 'b';
      case '\f' -> 'f';
      default -> 0;
    };
  }

  private static byte[] join(byte[]... parts) {
    int size = 0;
    for (byte[] part : parts) {
      size += part.length;
    }
    ByteBuffer joined = ByteBuffer.allocate(size);
    for (byte[] part : parts) {
      joined.put(part);
    }
    return joined.array();
  }
}
