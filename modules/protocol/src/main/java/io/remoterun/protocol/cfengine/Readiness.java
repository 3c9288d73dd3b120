package io.remoterun.protocol.cfengine;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.remoterun.protocol.run.OutputBytes;
import io.remoterun.protocol.run.Printable;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What our own node answers to {@code CHECK}, in one transaction before the end marker, where a run
 * would not be refused to the one who asks:
 *
 * <pre>
 *   CHECK ready: WORDS
 *   CHECK busy: WORDS
 *   CHECK disabled: WORDS
 *   CHECK unstartable: WORDS
 * </pre>
 *
 * @param words what was seen, in one line
 */
public record Readiness(State state, String words) {

  /** Whether the agent could be started now. */
  public enum State {
    /** It could, or what is asked for runs already, or would wait for its turn. */
    READY,
    /** Another run goes on, and a second one waits already. */
    BUSY,
    /** Somebody has switched it off on the node. */
    DISABLED,
    /** Its program, or who has to start it, is not there. */
    UNSTARTABLE
  }

  private static final String START = "CHECK ";
  private static final Pattern ANSWER =
      Pattern.compile(
          START
              + Stream.of(State.values())
                  .map(Readiness::word)
                  .collect(Collectors.joining("|", "(", ")"))
              + ":(.*)",
          Pattern.DOTALL);
  private static final int MOST_CHARACTERS = 600;

  private static String word(State state) {
    return state.name().toLowerCase(Locale.ROOT);
  }

  /** The bytes to send for it: one transaction. */
  public byte[] encode() {
    byte[] bytes = (START + word(state) + ": " + words).getBytes(UTF_8);
    int length = Math.min(bytes.length, Transaction.MOST_PAYLOAD);
    return Transaction.last(Arrays.copyOf(bytes, length)).encode();
  }

  /** Empty when it is anything else, such as a refusal; words are made safe to be shown. */
  static Optional<Readiness> decode(OutputBytes payload) {
    Matcher answer = ANSWER.matcher(payload.toUtf8().strip());
    return answer.matches()
        ? Optional.of(
            new Readiness(
                State.valueOf(answer.group(1).toUpperCase(Locale.ROOT)),
                Printable.of(answer.group(2).strip(), MOST_CHARACTERS)))
        : Optional.empty();
  }
}
