package io.remoterun.protocol.run;

import java.util.regex.Pattern;

/**
 * The id of a node in Rudder: {@code root} or a UUID. Anything of 1 to 128 letters, digits, {@code
 * -}, {@code _} and {@code .} that starts with a letter or a digit is accepted, because an id is
 * never more than a key to look up; all else could only be an attempt to be a path or an option.
 */
public record NodeId(String value) implements Comparable<NodeId> {
  private static final Pattern VALID = Pattern.compile("[a-zA-Z0-9][a-zA-Z0-9._-]{0,127}");

  /** The policy server at the top of every fleet. */
  public static final NodeId ROOT = new NodeId("root");

  /**
   * @throws BadRequest when the value is no id
   */
  public NodeId {
    if (!VALID.matcher(value).matches()) {
      throw new BadRequest("invalid node id: " + Printable.of(value));
    }
  }

  @Override
  public int compareTo(NodeId other) {
    return value.compareTo(other.value);
  }

  @Override
  public String toString() {
    return value;
  }
}
