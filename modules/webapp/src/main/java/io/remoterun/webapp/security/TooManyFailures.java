package io.remoterun.webapp.security;

import java.time.Duration;
import org.springframework.security.core.AuthenticationException;

/** Nobody looks at what is shown: there were too many wrong ones from that address. */
final class TooManyFailures extends AuthenticationException {
  static final String WHAT = "too many wrong tokens and passwords from this address, wait a little";

  private final Duration wait;

  TooManyFailures(Duration wait) {
    super(WHAT);
    this.wait = wait;
  }

  Duration untilNext() {
    return wait;
  }
}
