package io.remoterun.webapp.security;

import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;

/** The names of people that are known elsewhere, as they can be names of accounts. */
final class PersonName {
  private static final Pattern VALID = Pattern.compile("[a-z0-9][a-z0-9._@+-]{0,99}");

  private PersonName() {}

  /** In small letters, because directories do not tell them from capitals; empty for any other. */
  static Optional<String> of(String text) {
    return Optional.of(text.toLowerCase(Locale.ROOT)).filter(name -> VALID.matcher(name).matches());
  }
}
