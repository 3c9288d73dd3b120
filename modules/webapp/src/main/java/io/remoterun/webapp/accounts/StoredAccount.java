package io.remoterun.webapp.accounts;

import io.remoterun.protocol.run.BadRequest;
import io.remoterun.protocol.run.Printable;
import java.time.Instant;
import java.util.Locale;
import java.util.Optional;
import java.util.UUID;
import java.util.regex.Pattern;

/**
 * An account as it is kept.
 *
 * @param origin who proves that somebody is this one
 * @param expires when it is of no use any more
 * @param lastUsed to the minute
 * @param stamp another one after every change that ends its sessions
 */
public record StoredAccount(
    String name,
    Origin origin,
    Grants grants,
    boolean disabled,
    Optional<Instant> expires,
    Instant created,
    Optional<Instant> lastUsed,
    UUID stamp) {
  private static final Pattern NAME = Pattern.compile("[a-zA-Z0-9][a-zA-Z0-9._@-]{0,63}");

  /** Where an account comes from. */
  public enum Origin {
    /** Made here; with tokens, a password, or both. */
    LOCAL,
    LDAP,
    OIDC;

    /** How the names of its accounts begin, so that nobody can be taken for somebody else. */
    String prefix() {
      return this == LOCAL ? "" : toString() + ":";
    }

    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /**
   * The name, if it is one for an account that is made here.
   *
   * @throws BadRequest otherwise
   */
  public static String name(String text) {
    if (!NAME.matcher(text).matches() || text.equals(Account.SYSTEM)) {
      throw new BadRequest(
          "invalid account name: "
              + Printable.of(text)
              + ", should be 1 to 64 letters, digits and . _ @ - and not "
              + Account.SYSTEM);
    }
    return text;
  }

  /** Whether it may do anything at all at that time. */
  public boolean isUsable(Instant now) {
    return !disabled && expires.map(now::isBefore).orElse(true);
  }

  public Account account() {
    return new Account(name, grants);
  }
}
