package io.remoterun.protocol.cfengine;

import io.remoterun.protocol.run.RunFailure.Kind;
import java.util.List;

/**
 * How a node says in CFEngine's protocol that it does not run the agent: a sentence that starts
 * with {@code EXEC denied} or {@code BAD:}. The protocol has no codes, so two of our own sentences
 * are known by how they start.
 */
public final class Refusal {
  static final String DENIED = "EXEC denied: ";
  private static final String AGENT = DENIED + "cannot start the agent: ";
  private static final String OVERLOADED = DENIED + "too many runs: ";

  private Refusal() {}

  /** The sentence for it. */
  public static String sentence(Kind kind, String reason) {
    String start =
        switch (kind) {
          case AGENT -> AGENT;
          case OVERLOADED -> OVERLOADED;
          default -> DENIED;
        };
    return start + reason;
  }

  /** What kind of failure the sentences tell. */
  static Kind kindOf(List<String> sentences) {
    if (sentences.stream().anyMatch(sentence -> sentence.startsWith(AGENT))) {
      return Kind.AGENT;
    }
    return sentences.stream().anyMatch(sentence -> sentence.startsWith(OVERLOADED))
        ? Kind.OVERLOADED
        : Kind.REFUSED;
  }
}
