package io.remoterun.helper;

/** Nothing is executed, and that is why. */
final class Refusal extends SecurityException {
  /** What the node is told: see {@link Asker}. */
  final char answer;

  Refusal(char answer, String reason) {
    super(reason);
    this.answer = answer;
  }

  Refusal(String reason) {
    this('R', reason);
  }
}
