package io.remoterun.helper;

/** Nothing is executed, and that is why. */
final class Refusal extends Exception {
  /** What the node is told: see {@link Conversation}. */
  final char answer;

  Refusal(String reason) {
    this('R', reason);
  }

  private Refusal(char answer, String reason) {
    super(reason);
    this.answer = answer;
  }

  /** It is allowed, and there is no room for it now. */
  static Refusal busy(String reason) {
    return new Refusal('B', reason);
  }
}
