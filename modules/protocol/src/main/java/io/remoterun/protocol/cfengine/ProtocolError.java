package io.remoterun.protocol.cfengine;

/**
 * The peer broke a rule of the protocol. The message says which, and is safe for a log line. Never
 * leaves this package: a conversation ends with it.
 */
final class ProtocolError extends RuntimeException {
  private final String reason;

  ProtocolError(String message) {
    super(message);
    this.reason = message;
  }

  String reason() {
    return reason;
  }
}
