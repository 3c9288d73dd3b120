package io.remoterun.protocol.cfengine;

/** What a {@link ClientConversation} waits for. */
public enum ClientPhase {
  GREETING("its greeting"),
  WELCOME("its welcome"),
  CHECK("its answer to CHECK"),
  START("its answer to EXEC"),
  OUTPUT("the end of the run"),
  OVER("nothing");

  private final String awaited;

  ClientPhase(String awaited) {
    this.awaited = awaited;
  }

  /** In words, for "timed out waiting for ...". */
  public String awaited() {
    return awaited;
  }
}
