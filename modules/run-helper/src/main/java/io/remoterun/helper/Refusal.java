package io.remoterun.helper;

/** Nothing is executed, and that is why. */
final class Refusal extends Exception {
  Refusal(String reason) {
    super(reason);
  }
}
