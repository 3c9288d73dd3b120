package io.remoterun.webapp.api;

import org.springframework.http.HttpStatus;

/** Why something that makes sense was not done. The message is for the caller, and safe to show. */
final class NotDone extends RuntimeException {
  private final HttpStatus status;

  private NotDone(HttpStatus status, String message) {
    super(message, null, false, false);
    this.status = status;
  }

  /** It is not there, or not for this caller. */
  static NotDone notFound(String message) {
    return new NotDone(HttpStatus.NOT_FOUND, message);
  }

  static NotDone forbidden(String message) {
    return new NotDone(HttpStatus.FORBIDDEN, message);
  }

  /** As things stand now. */
  static NotDone conflict(String message) {
    return new NotDone(HttpStatus.CONFLICT, message);
  }

  /** Soon it may be. */
  static NotDone notNow(String message) {
    return new NotDone(HttpStatus.SERVICE_UNAVAILABLE, message);
  }

  static NotDone notAcceptable(String message) {
    return new NotDone(HttpStatus.NOT_ACCEPTABLE, message);
  }

  HttpStatus status() {
    return status;
  }
}
