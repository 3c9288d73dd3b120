package io.remoterun.relay.api;

/** A request that is not served. Status and words are relayd's where it has them. */
final class Refusal extends RuntimeException {
  private final int status;

  Refusal(int status, String words) {
    super(words);
    this.status = status;
  }

  int status() {
    return status;
  }

  String words() {
    return String.valueOf(getMessage());
  }
}
