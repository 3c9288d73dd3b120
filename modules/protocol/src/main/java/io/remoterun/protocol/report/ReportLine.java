package io.remoterun.protocol.report;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.Arrays;

/**
 * One line of an agent's output, taken apart as if it were a report:
 *
 * <pre>
 * R: @@TECHNIQUE@@STATE@@RULE@@DIRECTIVE@@GENERATION@@COMPONENT@@KEY@@TIME##NODE@#MESSAGE
 * </pre>
 *
 * <p>cf-runagent has an address before it, {@code ADDRESS> -> R: ...}. A message may have any of
 * these marks in it. Nothing is copied: a field is a part of the line.
 */
final class ReportLine {
  /** Before the last field and what follows: a component or key that spans lines ends early. */
  static final int FIELDS_WITHOUT_TIME = 8;

  // The fields, by their numbers.
  static final int TECHNIQUE = 2;
  static final int STATE = 3;
  static final int RULE = 4;
  static final int DIRECTIVE = 5;
  static final int COMPONENT = 7;
  static final int KEY = 8;

  // In those that frame a run: the component of a control report, or the key of older agents'.
  static final String START = "start";
  static final String END = "end";
  static final String START_RUN = "StartRun";
  static final String END_RUN = "EndRun";

  private static final int MOST_FIELDS = 9;
  private static final String MARK = "@@";
  private static final String END_OF_TIME = "##";
  private static final String END_OF_NODE = "@#";
  private static final String END_OF_HOST = "> ->";
  private static final String REPORT = "R: @@";

  /** The marks between fields: where the one after field n begins. */
  private final int[] marks = new int[MOST_FIELDS];

  final byte[] bytes;

  /** 1 for a line without any mark, 0 for an empty one, and not more than 9. */
  final int fields;

  /** Where the message begins; -1 if this is no report. */
  final int message;

  ReportLine(byte[] bytes) {
    this(bytes, 0);
  }

  /**
   * @param begin where the line begins
   */
  ReportLine(byte[] bytes, int begin) {
    this.bytes = bytes;
    int count = bytes.length == begin ? 0 : 1;
    int from = begin;
    while (count > 0 && count < MOST_FIELDS) {
      int mark = Bytes.find(bytes, from, bytes.length, MARK);
      if (mark < 0) {
        break;
      }
      marks[count++] = mark;
      from = mark + MARK.length();
    }
    this.fields = count;
    this.message = count == MOST_FIELDS ? afterNode() : -1;
  }

  private int afterNode() {
    int time = endOfTime();
    int node =
        time < 0 ? -1 : Bytes.find(bytes, time + END_OF_TIME.length(), bytes.length, END_OF_NODE);
    return node < 0 ? -1 : node + END_OF_NODE.length();
  }

  boolean isReport() {
    return message >= 0;
  }

  /** Whether somewhere in it a report begins. */
  boolean looksLikeReport() {
    return Bytes.find(bytes, 0, bytes.length, REPORT) >= 0;
  }

  /**
   * @param number 2 to 8
   */
  int from(int number) {
    return number > fields ? bytes.length : marks[number - 1] + MARK.length();
  }

  int to(int number) {
    return number >= fields ? bytes.length : marks[number];
  }

  String field(int number) {
    return text(from(number), to(number));
  }

  /** Whether it is about the run itself. */
  boolean isControl() {
    return is(STATE, "control") && is(RULE, "rudder") && is(DIRECTIVE, "run");
  }

  /** Of a report. */
  String time() {
    return text(marks[FIELDS_WITHOUT_TIME] + MARK.length(), endOfTime());
  }

  /** The id of a report's node. */
  String node() {
    return text(endOfTime() + END_OF_TIME.length(), message - END_OF_NODE.length());
  }

  private int endOfTime() {
    return Bytes.find(bytes, marks[FIELDS_WITHOUT_TIME], bytes.length, END_OF_TIME);
  }

  private String text(int from, int to) {
    return new String(bytes, from, to - from, UTF_8);
  }

  /** The bytes of a field as so many characters: other bytes are another text. */
  String bytesOf(int number) {
    return new String(bytes, from(number), to(number) - from(number), ISO_8859_1);
  }

  String messageText() {
    return text(message, bytes.length);
  }

  boolean is(int number, String ascii) {
    int from = from(number);
    return to(number) - from == ascii.length() && Bytes.isAt(bytes, from, bytes.length, ascii);
  }

  /**
   * The name of the host, which comes before the last arrow that no byte that is no character is
   * before, as for {@code /.*> ->/}.
   *
   * @param before what is taken where the line has none, or the same
   */
  byte[] host(byte[] before) {
    int end = Bytes.findLast(bytes, 0, bytes.length, END_OF_HOST);
    if (end < 0) {
      return before;
    }
    if (Bytes.isAscii(bytes, 0, end)) {
      return Arrays.equals(bytes, 0, end, before, 0, before.length)
          ? before
          : Arrays.copyOf(bytes, end);
    }
    return hostBesideBadBytes(before);
  }

  private byte[] hostBesideBadBytes(byte[] before) {
    int from = 0;
    while (from < bytes.length) {
      int to = from;
      int size = Characters.sizeForDot(bytes, to, bytes.length);
      while (size > 0) {
        to += size;
        size = to < bytes.length ? Characters.sizeForDot(bytes, to, bytes.length) : 0;
      }
      int end = Bytes.findLast(bytes, from, to, END_OF_HOST);
      if (end >= 0) {
        return Characters.part(bytes, 0, from, end, bytes.length);
      }
      from = to + 1;
    }
    return before;
  }

  /** The message as gawk copies it. */
  void message(Columns out) {
    if (Bytes.isAscii(bytes, message, bytes.length)) {
      out.text(bytes, message, bytes.length);
    } else {
      int rest = marks[FIELDS_WITHOUT_TIME];
      out.text(Characters.part(bytes, rest, message, bytes.length, bytes.length));
    }
  }
}
