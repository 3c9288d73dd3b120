package io.remoterun.node.agent;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.remoterun.process.AgentEnd;
import java.io.DataInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.function.IntFunction;

/**
 * One piece of what the helper answers: {@link Refused}, {@link Busy} or {@link NotStarted} alone;
 * or {@link Started}, any number of {@link Output}, and {@link Ended}. The helper's own side, which
 * only tells, is in {@code Asker}: the two do not share this, so that what runs as root has no more
 * code than it needs.
 *
 * <pre>
 *  0    1        5
 * +----+--------+---------+
 * |type| length | payload |
 * +----+--------+---------+
 * </pre>
 */
sealed interface HelperAnswer {
  int MOST_BYTES = 64 * 1024;

  /** After the number of an end. */
  String LEFT = " left";

  /** Nothing was executed, because it is not allowed. */
  record Refused(String reason) implements HelperAnswer {}

  /** Nothing was executed, because others run that it must not be beside: later it may be. */
  record Busy(String reason) implements HelperAnswer {}

  /** It was allowed, and the system could not execute it. */
  record NotStarted(String reason) implements HelperAnswer {}

  /**
   * The agent runs.
   *
   * @param grace how long it may take to end when it is asked to, before the helper kills it
   */
  record Started(int pid, Duration grace, String command) implements HelperAnswer {}

  /** It has printed that. */
  record Output(ByteBuffer bytes) implements HelperAnswer {}

  /**
   * It has ended, and this is the last answer.
   *
   * @param isSomethingLeft it was stopped, and not all that it had started has ended
   */
  record Ended(AgentEnd end, boolean isSomethingLeft) implements HelperAnswer {}

  /**
   * Reads one; blocks.
   *
   * @throws java.io.EOFException when the helper is gone
   * @throws IOException also when it is no answer
   */
  static HelperAnswer read(DataInputStream in) throws IOException {
    int type = in.readUnsignedByte();
    int length = in.readInt();
    if (length < 0 || length > MOST_BYTES) {
      throw new IOException("an answer of " + length + " bytes");
    }
    byte[] payload = new byte[length];
    in.readFully(payload);
    String text = new String(payload, UTF_8);
    try {
      return switch (type) {
        case 'R' -> new Refused(text);
        case 'B' -> new Busy(text);
        case 'N' -> new NotStarted(text);
        case 'S' -> started(text.split(" ", 3));
        case 'O' -> new Output(ByteBuffer.wrap(payload));
        case 'X' -> ended(text, AgentEnd.Exited::new);
        case 'K' -> ended(text, AgentEnd.Killed::new);
        default -> throw new IOException("an answer of the unknown type " + type);
      };
    } catch (IllegalArgumentException | IndexOutOfBoundsException e) {
      throw new IOException("an answer that makes no sense: " + e.getMessage(), e);
    }
  }

  private static Started started(String[] words) {
    Duration grace = Duration.ofSeconds(Integer.parseInt(words[1]));
    return new Started(Integer.parseInt(words[0]), grace, words[2]);
  }

  private static Ended ended(String text, IntFunction<AgentEnd> end) {
    boolean isSomethingLeft = text.endsWith(LEFT);
    String number = isSomethingLeft ? text.substring(0, text.length() - LEFT.length()) : text;
    return new Ended(end.apply(Integer.parseInt(number)), isSomethingLeft);
  }
}
