package io.remoterun.protocol.run;

import java.util.regex.Pattern;

/**
 * A condition that an agent run is given (CFEngine calls it a class), such as {@code
 * force_inventory}.
 *
 * <p>Pattern, length and the words of the errors, the misspelt one too, are those of Rudder's
 * relayd: clients may look at them.
 */
public record Condition(String value) {
  private static final String PATTERN = "^[a-zA-Z0-9][a-zA-Z0-9_]*$";
  private static final Pattern VALID = Pattern.compile(PATTERN);
  private static final int MOST_CHARACTERS = 1024;

  /**
   * @throws BadRequest when the value is no condition
   */
  public Condition {
    if (value.codePointCount(0, value.length()) > MOST_CHARACTERS) {
      throw new BadRequest(
          "invalid condition: " + Printable.of(value) + ", should have less then 1024 chars");
    }
    // matches(), not find(): for find() a final line end is after the $, so "a\n" would pass.
    if (!VALID.matcher(value).matches()) {
      throw new BadRequest(
          "invalid condition: " + Printable.of(value) + ", should match " + PATTERN);
    }
  }

  @Override
  public String toString() {
    return value;
  }
}
