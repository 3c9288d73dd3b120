package io.remoterun.webapp.api;

import java.io.ByteArrayOutputStream;

/**
 * Takes colours and what else a terminal understands (ECMA-48) out of bytes that come in pieces. A
 * sequence that does not end is taken off up to the end of its line. Not thread-safe.
 *
 * <pre>
 * ESC [ 0x30-0x3f* 0x20-0x2f* 0x40-0x7e     a control sequence, such as a colour
 * ESC ] ... BEL   or   ESC ] ... ESC \      a command, such as a window's title
 * ESC 0x20-0x2f* 0x30-0x7e                  anything else
 * </pre>
 */
final class ControlSequences {
  private static final int ESC = 0x1b;
  private static final int BEL = 0x07;

  private State state = State.TEXT;

  private enum State {
    TEXT,
    ESCAPE,
    SEQUENCE,
    COMMAND,
    COMMAND_ESCAPE
  }

  byte[] takeOff(byte[] bytes) {
    ByteArrayOutputStream text = new ByteArrayOutputStream(bytes.length);
    for (byte b : bytes) {
      boolean isText = state == State.TEXT && b != ESC;
      if (isText || b == '\n') {
        text.write(b);
      }
      state = next(b);
    }
    return text.toByteArray();
  }

  private State next(byte b) {
    if (b == '\n') {
      return State.TEXT;
    }
    return switch (state) {
      case TEXT -> b == ESC ? State.ESCAPE : State.TEXT;
      case ESCAPE -> afterEscape(b);
      case SEQUENCE -> b >= 0x40 && b <= 0x7e ? State.TEXT : State.SEQUENCE;
      case COMMAND ->
          switch (b) {
            case BEL -> State.TEXT;
            case ESC -> State.COMMAND_ESCAPE;
            default -> State.COMMAND;
          };
      case COMMAND_ESCAPE -> b == '\\' ? State.TEXT : State.COMMAND;
    };
  }

  private static State afterEscape(byte b) {
    return switch (b) {
      case '[' -> State.SEQUENCE;
      case ']' -> State.COMMAND;
      case ESC -> State.ESCAPE;
      default -> b >= 0x20 && b <= 0x2f ? State.ESCAPE : State.TEXT;
    };
  }
}
