package io.remoterun.protocol.report;

import static java.nio.charset.StandardCharsets.UTF_8;

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
    int time = Bytes.find(bytes, marks[FIELDS_WITHOUT_TIME], bytes.length, END_OF_TIME);
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
    return new String(bytes, from(number), to(number) - from(number), UTF_8);
  }

  String messageText() {
    return new String(bytes, message, bytes.length - message, UTF_8);
  }

  boolean is(int number, String ascii) {
    int from = from(number);
    return to(number) - from == ascii.length() && Bytes.isAt(bytes, from, bytes.length, ascii);
  }

  /** Where the name of the host ends, which the line begins with; -1 where there is none. */
  int endOfHost() {
    return Bytes.findLast(bytes, 0, bytes.length, END_OF_HOST);
  }
}
