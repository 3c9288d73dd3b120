package io.remoterun.protocol.cfengine;

import io.remoterun.protocol.run.Printable;
import java.util.ArrayList;
import java.util.List;

/**
 * Why a server does not start its agent, in its own words. CFEngine's may say several sentences,
 * none of which has a form; ours refuses with {@link Refusal} and says, before it starts its agent,
 * that a run waits for its turn, which is no reason why it has failed. Not thread-safe.
 */
final class RefusalWords {
  private static final int MOST_SENTENCES = 10;

  /** Nothing comes after it. */
  private static final String BAD = "BAD:";

  private final List<String> sentences = new ArrayList<>();

  /**
   * @return whether the server says nothing more
   */
  boolean take(String sentence, boolean isOurs) {
    boolean isLast = sentence.startsWith(BAD);
    boolean tells = isLast || !isOurs || sentence.startsWith(Refusal.DENIED);
    if (tells && sentences.size() < MOST_SENTENCES && !sentence.isEmpty()) {
      sentences.add(Printable.of(sentence));
    }
    return isLast;
  }

  boolean isEmpty() {
    return sentences.isEmpty();
  }

  ClientAction refused() {
    String words = sentences.isEmpty() ? "refused without a reason" : String.join("; ", sentences);
    return new ClientAction.Refused(Refusal.kindOf(sentences), words);
  }
}
