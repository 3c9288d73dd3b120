package io.remoterun.protocol.cfengine;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.remoterun.protocol.run.OutputBytes;
import io.remoterun.protocol.run.Printable;
import java.util.Optional;

/**
 * The unit of everything that follows the identification lines.
 *
 * <pre>
 *   0     1     2     3     4     5     6     7     8                N + 8
 *   +-----+-----+-----+-----+-----+-----+-----+-----+----- ... -----+
 *   |t / m| ' ' |  N in decimal, padded with NUL    |  payload      |
 *   +-----+-----+-----+-----+-----+-----+-----+-----+----- ... -----+
 * </pre>
 *
 * N is the payload's length, 1 to 4088: CFEngine's buffer of 4096 bytes less the header. {@code m}
 * says that more belongs to the same message, {@code t} that nothing does. In remote execution
 * CFEngine only sends {@code t}, and does not look at the letter that it gets; nor do we.
 *
 * @param more whether the letter is {@code m}
 * @param payload 1 to 4088 bytes
 */
record Transaction(boolean more, OutputBytes payload) {
  static final int MOST_PAYLOAD = 4088;
  private static final int HEADER = 8;

  Transaction {
    if (payload.size() < 1 || payload.size() > MOST_PAYLOAD) {
      throw new ProtocolError("a transaction cannot hold " + payload.size() + " bytes");
    }
  }

  static Transaction last(byte[] payload) {
    return new Transaction(false, OutputBytes.copyOf(payload));
  }

  byte[] encode() {
    byte[] bytes = new byte[HEADER + payload.size()];
    byte[] header = ((more ? "m " : "t ") + payload.size()).getBytes(US_ASCII);
    System.arraycopy(header, 0, bytes, 0, header.length);
    System.arraycopy(payload.toByteArray(), 0, bytes, HEADER, payload.size());
    return bytes;
  }

  /**
   * Takes the next transaction, if it is there whole. The header is judged as soon as it is there,
   * before any byte of the payload is waited for.
   *
   * @throws ProtocolError when the header is not one
   */
  static Optional<Transaction> decode(ReceivedBytes received) {
    if (received.size() < HEADER) {
      return Optional.empty();
    }
    int length = length(received);
    if (received.size() < HEADER + length) {
      return Optional.empty();
    }
    boolean more = received.take(HEADER)[0] == 'm';
    return Optional.of(new Transaction(more, OutputBytes.copyOf(received.take(length))));
  }

  private static int length(ReceivedBytes received) {
    byte letter = received.at(0);
    if ((letter != 't' && letter != 'm') || received.at(1) != ' ') {
      throw invalid(received, "should start with 't ' or 'm '");
    }
    int length = 0;
    int index = 2;
    while (index < HEADER && received.at(index) >= '0' && received.at(index) <= '9') {
      length = 10 * length + received.at(index++) - '0';
    }
    if (index == 2 || received.at(2) == '0') {
      throw invalid(received, "should give a length of 1 to " + MOST_PAYLOAD);
    }
    while (index < HEADER) {
      if (received.at(index++) != 0) {
        throw invalid(received, "should have only NUL after the length");
      }
    }
    if (length > MOST_PAYLOAD) {
      throw invalid(received, "should give a length of 1 to " + MOST_PAYLOAD);
    }
    return length;
  }

  private static ProtocolError invalid(ReceivedBytes received, String rule) {
    StringBuilder header = new StringBuilder();
    for (int index = 0; index < HEADER; index++) {
      int value = Byte.toUnsignedInt(received.at(index));
      header.append(value == 0 ? "\\0" : String.valueOf((char) value));
    }
    return new ProtocolError(
        "invalid transaction header '" + Printable.of(header.toString()) + "', " + rule);
  }
}
