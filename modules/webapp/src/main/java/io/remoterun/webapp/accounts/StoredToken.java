package io.remoterun.webapp.accounts;

import java.time.Instant;
import java.util.Optional;

/**
 * What is known of a token.
 *
 * @param id how the token begins, to tell it from others; no secret
 * @param lastUsed to the minute
 */
public record StoredToken(
    String id,
    String account,
    Instant created,
    Optional<Instant> expires,
    Optional<Instant> lastUsed) {

  public boolean isUsable(Instant now) {
    return expires.map(now::isBefore).orElse(true);
  }
}
