package io.remoterun.protocol.cfengine;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.remoterun.protocol.run.BadRequest;
import io.remoterun.protocol.run.Condition;
import io.remoterun.protocol.run.OutputBytes;
import io.remoterun.protocol.run.Printable;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * {@code EXEC}, {@code EXEC -DA,B} or {@code EXEC -D A,B}: run the agent, with these conditions.
 * With {@code CHECK} instead, which only our own node knows: tell whether that could be done.
 *
 * <p>CFEngine's {@code -b BUNDLE} is refused, because nobody who triggers Rudder's agent sends it.
 */
public record ExecRequest(List<Condition> conditions) {
  private static final String EXEC = "EXEC";
  private static final String CHECK = "CHECK";
  private static final Pattern SPACES_AROUND = Pattern.compile("^ +| +\\z");

  public ExecRequest {
    conditions = List.copyOf(conditions);
  }

  /**
   * @throws BadRequest when there are more conditions than one transaction holds
   */
  Transaction encode() {
    return encode(EXEC);
  }

  /**
   * The same, as a check.
   *
   * @throws BadRequest when there are more conditions than one transaction holds
   */
  Transaction encodeCheck() {
    return encode(CHECK);
  }

  private Transaction encode(String command) {
    String classes = conditions.stream().map(Condition::value).collect(Collectors.joining(","));
    byte[] payload = (classes.isEmpty() ? command : command + " -D" + classes).getBytes(US_ASCII);
    if (payload.length > Transaction.MOST_PAYLOAD) {
      throw new BadRequest(
          "the conditions need "
              + payload.length
              + " bytes, and CFEngine's protocol has room for "
              + Transaction.MOST_PAYLOAD);
    }
    return Transaction.last(payload);
  }

  static boolean isExec(OutputBytes payload) {
    return isCommand(EXEC, payload);
  }

  static boolean isCheck(OutputBytes payload) {
    return isCommand(CHECK, payload);
  }

  private static boolean isCommand(String command, OutputBytes payload) {
    String text = text(payload);
    return text.equals(command) || text.startsWith(command + " ");
  }

  /**
   * @param payload of an EXEC or a CHECK
   * @throws BadRequest when the arguments are not {@code -D} with valid conditions
   */
  static ExecRequest decode(OutputBytes payload) {
    String command = isCheck(payload) ? CHECK : EXEC;
    String arguments =
        SPACES_AROUND.matcher(text(payload).substring(command.length())).replaceAll("");
    if (arguments.isEmpty()) {
      return new ExecRequest(List.of());
    }
    if (!arguments.startsWith("-D")) {
      throw new BadRequest("invalid arguments: " + Printable.of(arguments));
    }
    String classes = arguments.substring(2);
    if (classes.startsWith(" ")) {
      classes = classes.substring(1);
    }
    return new ExecRequest(Arrays.stream(classes.split(",", -1)).map(Condition::new).toList());
  }

  /** One character a byte, so that no byte can disappear or turn into another. */
  private static String text(OutputBytes payload) {
    return new String(payload.toByteArray(), StandardCharsets.ISO_8859_1);
  }
}
