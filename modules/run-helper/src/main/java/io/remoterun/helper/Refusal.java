package io.remoterun.helper;

import java.util.Optional;

/** Nothing is executed, and that is why. */
final class Refusal extends RuntimeException {
  /** What the node is told: see {@link Asker}. */
  final char answer;

  final String reason;

  Refusal(char answer, String reason) {
    super(reason);
    this.answer = answer;
    this.reason = reason;
  }

  Refusal(String reason) {
    this('R', reason);
  }

  static void ifAny(Optional<String> objection) {
    objection.ifPresent(
        reason -> {
          throw new Refusal(reason);
        });
  }

  static Refusal of(Throwable e) {
    return e instanceof Refusal refusal ? refusal : new Refusal(e.toString());
  }
}
