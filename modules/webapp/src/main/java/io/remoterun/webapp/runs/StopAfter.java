package io.remoterun.webapp.runs;

import io.remoterun.protocol.run.BadRequest;
import io.remoterun.protocol.run.Printable;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** After how many nodes that did not succeed a run begins no more of them. */
public sealed interface StopAfter {
  Pattern VALID = Pattern.compile("([0-9]{1,9})(%?)");

  /** It does not. */
  record Never() implements StopAfter {
    @Override
    public boolean isReached(int unsuccessful, int targets) {
      return false;
    }

    @Override
    public String toString() {
      return "never";
    }
  }

  record Nodes(int count) implements StopAfter {
    @Override
    public boolean isReached(int unsuccessful, int targets) {
      return unsuccessful >= count;
    }

    @Override
    public String toString() {
      return Integer.toString(count);
    }
  }

  /** Of all nodes of the run, not of those that have ended. */
  record Percent(int percent) implements StopAfter {
    @Override
    public boolean isReached(int unsuccessful, int targets) {
      return unsuccessful > 0 && unsuccessful * 100L >= (long) percent * targets;
    }

    @Override
    public String toString() {
      return percent + "%";
    }
  }

  /**
   * @param unsuccessful nodes whose agents ended in an error, or that have failed
   */
  boolean isReached(int unsuccessful, int targets);

  /**
   * @param text {@code 5}, {@code 5%} or {@code never}
   * @throws BadRequest when it is something else, or 0
   */
  static StopAfter parse(String text) {
    if (text.equals("never")) {
      return new Never();
    }
    Matcher matcher = VALID.matcher(text);
    int number = matcher.matches() ? Integer.parseInt(matcher.group(1)) : 0;
    boolean isPercent = text.endsWith("%");
    if (number < 1 || (isPercent && number > 100)) {
      throw new BadRequest(
          "invalid stopAfter: " + Printable.of(text) + ", should be like 5, 5% or never");
    }
    return isPercent ? new Percent(number) : new Nodes(number);
  }
}
