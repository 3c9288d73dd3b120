package io.remoterun.protocol.cfengine;

import io.remoterun.protocol.run.OutputBytes;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The items of an answer as payloads, in the words of cf-serverd:
 *
 * <pre>
 *   cf-serverd executing cfruncommand: COMMAND LINE\n
 *   &gt; LINE\n                            without the line feed, from our own node only: a piece
 *   (N bytes of output dropped)\n        from our own node only
 *   (killed by signal N)\n              from our own node only, before an exit code as shells have it
 *   (exit code: N)\n
 *   (stopped: WORDS)\n                   from our own node only, instead of the exit code
 *   (not stopped: WORDS)\n              from our own node only, after a cancel
 *   ---cfXen/gine/cfXen/gine---\0        the NUL only where a server sends it
 * </pre>
 *
 * What the agent prints always follows {@code > }, so it is never taken for another item.
 */
final class AnswerCodec {
  private static final String END = "---cfXen/gine/cfXen/gine---";
  private static final String CANCEL = "CANCEL";
  private static final String START = "cf-serverd executing cfruncommand: ";
  private static final Pattern EXIT = Pattern.compile("\\(exit code: (-?[0-9]{1,9})\\)");
  private static final Pattern GAP = Pattern.compile("\\(([0-9]{1,18}) bytes of output dropped\\)");
  private static final Pattern KILLED = Pattern.compile("\\(killed by signal ([0-9]{1,3})\\)");
  private static final Pattern NOT_STOPPED = Pattern.compile("\\(not stopped: (.*)\\)");
  private static final Pattern STOPPED = Pattern.compile("\\(stopped: (.*)\\)");
  private static final int MOST_OUTPUT = Transaction.MOST_PAYLOAD - 2;

  private AnswerCodec() {}

  static byte[] encode(Answer answer) {
    return switch (answer) {
      case Answer.Start(String commandLine) -> sentence(START + commandLine + "\n");
      case Answer.Output(OutputBytes bytes) -> output(bytes.toByteArray());
      case Answer.Gap(long bytes) -> sentence("(" + bytes + " bytes of output dropped)\n");
      case Answer.Exit(int code) -> sentence("(exit code: " + code + ")\n");
      case Answer.Killed(int signal) -> sentence("(killed by signal " + signal + ")\n");
      case Answer.NotStopped(String words) -> sentence("(not stopped: " + words + ")\n");
      case Answer.Stopped(String words) -> sentence("(stopped: " + words + ")\n");
      case Answer.Sentence(String text) -> sentence(text);
      case Answer.End() -> sentence(END + "\0");
    };
  }

  /** What such a payload means; any payload means something. */
  static Answer decode(OutputBytes payload) {
    byte[] bytes = payload.toByteArray();
    if (bytes.length >= 2 && bytes[0] == '>' && bytes[1] == ' ') {
      return new Answer.Output(OutputBytes.copyOf(bytes, 2, bytes.length));
    }
    if (isEnd(payload)) {
      return new Answer.End();
    }
    return decodeSentence(payload.toUtf8().strip());
  }

  private static Answer decodeSentence(String text) {
    Matcher exit = EXIT.matcher(text);
    if (exit.matches()) {
      return new Answer.Exit(Integer.parseInt(exit.group(1)));
    }
    Matcher gap = GAP.matcher(text);
    if (gap.matches()) {
      return new Answer.Gap(Long.parseLong(gap.group(1)));
    }
    Matcher killed = KILLED.matcher(text);
    if (killed.matches()) {
      return new Answer.Killed(Integer.parseInt(killed.group(1)));
    }
    Matcher notStopped = NOT_STOPPED.matcher(text);
    if (notStopped.matches()) {
      return new Answer.NotStopped(notStopped.group(1));
    }
    Matcher stopped = STOPPED.matcher(text);
    if (stopped.matches()) {
      return new Answer.Stopped(stopped.group(1));
    }
    return text.startsWith(START)
        ? new Answer.Start(text.substring(START.length()))
        : new Answer.Sentence(text);
  }

  /** Whether this is the end marker of either end. */
  static boolean isEnd(OutputBytes payload) {
    String text = new String(payload.toByteArray(), StandardCharsets.ISO_8859_1);
    return text.equals(END) || text.equals(END + "\0");
  }

  /** Asks our own node to stop the agent whose answer is coming. */
  static Transaction cancel() {
    return Transaction.last(CANCEL.getBytes(StandardCharsets.US_ASCII));
  }

  static boolean isCancel(OutputBytes payload) {
    return payload.equals(OutputBytes.ofUtf8(CANCEL));
  }

  /** The end marker as a client sends it. */
  static Transaction clientEnd() {
    return Transaction.last(END.getBytes(StandardCharsets.US_ASCII));
  }

  /**
   * Splits what is longer than a transaction, and does not end what has no line feed; cf-serverd
   * cuts the one and ends the other. So every byte of the agent arrives, and none that it did not
   * print.
   */
  private static byte[] output(byte[] bytes) {
    ByteArrayOutputStream transactions = new ByteArrayOutputStream(bytes.length + 16);
    int from = 0;
    do {
      int length = Math.min(bytes.length - from, MOST_OUTPUT);
      byte[] payload = new byte[2 + length];
      payload[0] = '>';
      payload[1] = ' ';
      System.arraycopy(bytes, from, payload, 2, length);
      transactions.writeBytes(Transaction.last(payload).encode());
      from += length;
    } while (from < bytes.length);
    return transactions.toByteArray();
  }

  /** Cuts what is longer than a transaction: sentences are only for people to read. */
  private static byte[] sentence(String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    int length = Math.clamp(bytes.length, 1, Transaction.MOST_PAYLOAD);
    return Transaction.last(Arrays.copyOf(bytes, length)).encode();
  }
}
