package io.remoterun.node.access;

/** What the access policy says. */
public sealed interface AccessDecision {

  /**
   * @param by which line of the configuration admits the peer's key; for the log
   */
  record Allowed(String by) implements AccessDecision {}

  /**
   * @param reason which rule is not met; for the log, and for a peer whose key is admitted
   */
  record Denied(String reason) implements AccessDecision {}
}
