package io.remoterun.node.access;

/** What the access policy says. */
public sealed interface AccessDecision {

  record Allowed() implements AccessDecision {}

  /**
   * @param reason which rule is not met; for the log, and for a peer whose key is admitted
   */
  record Denied(String reason) implements AccessDecision {}
}
