package io.remoterun.helper;

/** Nothing is executed, and that is why. */
final class Refusal extends Exception {
  private final boolean isBusy;

  Refusal(String reason) {
    this(reason, false);
  }

  private Refusal(String reason, boolean isBusy) {
    super(reason);
    this.isBusy = isBusy;
  }

  /** It is allowed, and there is no room for it now. */
  static Refusal busy(String reason) {
    return new Refusal(reason, true);
  }

  HelperAnswer answer() {
    String reason = String.valueOf(getMessage());
    return isBusy ? new HelperAnswer.Busy(reason) : new HelperAnswer.Refused(reason);
  }
}
