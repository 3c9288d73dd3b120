package io.remoterun.webapp.store;

import org.jspecify.annotations.Nullable;

/** The webapp cannot start, because it has nowhere to keep anything. */
public final class NoStoreException extends RuntimeException {
  private static final long serialVersionUID = 1;

  private final String advice;

  NoStoreException(String what, String advice, @Nullable Throwable cause) {
    super(what, cause);
    this.advice = advice;
  }

  /** What the administrator can do about it. */
  public String advice() {
    return advice;
  }
}
