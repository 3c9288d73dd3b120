package io.remoterun.node.listener;

import io.netty.buffer.ByteBuf;
import java.util.Optional;

/**
 * Counts the bytes of a TLS client's hello until it is there, for it may come in many pieces, and
 * in several records. What has a record's first byte and does not go on as a hello is none.
 *
 * <pre>
 * A record:   +------+---------+--------+----------...
 *             | 0x16 | version | length | a part of the message
 *             +------+---------+--------+----------...
 *     byte       0      1   2    3   4    5
 *
 * The message, of one or more records:   +---+--------+------...
 *                                        | 1 | length | hello
 *                                        +---+--------+------...
 *                                byte      0   1 2 3    4
 * </pre>
 *
 * <p>It has come when also the record is complete in which it ends: TLS looks at whole records. At
 * most {@value #MOST_BYTES} bytes are a hello. Not thread-safe.
 */
final class Hello {
  static final int HANDSHAKE = 0x16;

  /** As Java's TLS has it; what clients send has some hundreds, or two thousand. */
  static final int MOST_BYTES = 32_768;

  private static final int CLIENT_HELLO = 1;
  private static final int RECORD_HEADER = 5;
  private static final int LENGTH_BYTES = 2;
  private static final int MESSAGE_HEADER = 4;

  private int headerBytes;
  private int leftInRecord;
  private int messageBytes;
  private int messageLength;
  private Optional<String> problem = Optional.empty();

  /** Takes what has come, as far as it is of the hello; leaves the buffer as it was. */
  void read(ByteBuf bytes) {
    for (int index = bytes.readerIndex();
        index < bytes.writerIndex() && !isThere() && problem.isEmpty();
        index++) {
      read(bytes.getUnsignedByte(index));
    }
  }

  private void read(int next) {
    if (headerBytes < RECORD_HEADER) {
      readHeader(next);
    } else {
      readMessage(next);
      leftInRecord--;
    }
    if (headerBytes == RECORD_HEADER && leftInRecord == 0 && !isThere()) {
      headerBytes = 0;
    }
  }

  private void readHeader(int next) {
    if (headerBytes == 0) {
      leftInRecord = 0;
      if (next != HANDSHAKE) {
        problem = Optional.of("a record of type " + next + " before its hello is there");
      }
    } else if (headerBytes >= RECORD_HEADER - LENGTH_BYTES) {
      leftInRecord = leftInRecord << Byte.SIZE | next;
    }
    headerBytes++;
  }

  private void readMessage(int next) {
    if (messageBytes == 0 && next != CLIENT_HELLO) {
      problem = Optional.of("a handshake that begins with message " + next + " and no hello");
    } else if (messageBytes > 0 && messageBytes < MESSAGE_HEADER) {
      messageLength = messageLength << Byte.SIZE | next;
      if (messageLength > MOST_BYTES) {
        problem = Optional.of("a hello of more than " + MOST_BYTES + " bytes");
      }
    }
    messageBytes++;
  }

  boolean isThere() {
    return messageBytes >= MESSAGE_HEADER
        && messageBytes >= MESSAGE_HEADER + messageLength
        && leftInRecord == 0;
  }

  /** Why there will be none, if so. */
  Optional<String> problem() {
    return problem;
  }
}
