package io.remoterun.helper;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.DataInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.UUID;
import java.util.regex.Pattern;

/**
 * What the node asks the helper for. It names what is to be run, and has no part in what that is.
 *
 * <pre>
 *  0       4
 * +-------+--------------------------------------------------------------+
 * | length| remote-run 1 LF job LF run id LF condition,condition LF who LF |
 * +-------+--------------------------------------------------------------+
 * </pre>
 *
 * The length is that of what follows, in bytes, at most {@value #MOST_BYTES}; all is ASCII.
 *
 * @param job a name that the helper's settings give a command to
 * @param conditions for the agent
 * @param askedBy who the node says has asked, for the audit log only; no quotes
 */
record HelperRequest(String job, UUID run, List<String> conditions, String askedBy) {
  static final int MOST_BYTES = 8 * 1024;

  private static final String VERSION = "remote-run 1";
  private static final Pattern JOB = Pattern.compile("[a-zA-Z0-9_-]{1,64}");
  private static final Pattern CONDITION = Pattern.compile("[a-zA-Z0-9][a-zA-Z0-9_]{0,1023}");
  private static final Pattern ASKED_BY = Pattern.compile("[ !#-~]{0,256}");
  private static final Pattern RUN = Pattern.compile("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}");

  /**
   * @throws IllegalArgumentException when a part is not what it has to be
   */
  HelperRequest {
    conditions = List.copyOf(conditions);
    valid("job", JOB, job);
    conditions.forEach(condition -> valid("condition", CONDITION, condition));
    valid("asker", ASKED_BY, askedBy);
  }

  /**
   * Of what follows the length.
   *
   * @throws IllegalArgumentException when it is no request
   */
  static HelperRequest parse(byte[] body) {
    String[] lines = new String(body, US_ASCII).split("\n", -1);
    if (lines.length != 6 || !lines[0].equals(VERSION) || !lines[5].isEmpty()) {
      throw new IllegalArgumentException("not a request of \"" + VERSION + "\"");
    }
    // Java also takes "1-1-1-1-1" and capitals: one run would have many names.
    valid("run id", RUN, lines[2]);
    List<String> conditions = lines[3].isEmpty() ? List.of() : List.of(lines[3].split(",", -1));
    return new HelperRequest(lines[1], UUID.fromString(lines[2]), conditions, lines[4]);
  }

  /** Reads one. Blocks; the deadline is the caller's. */
  static HelperRequest read(InputStream in) throws IOException {
    DataInputStream data = new DataInputStream(in);
    int length = data.readInt();
    if (length < 0 || length > MOST_BYTES) {
      throw new IllegalArgumentException("a request of more than " + MOST_BYTES + " bytes");
    }
    byte[] body = new byte[length];
    data.readFully(body);
    return parse(body);
  }

  /** For the audit log. Nothing in it can look like another part. */
  @Override
  public String toString() {
    String given = String.join(",", conditions);
    return "job=" + job + " run=" + run + " conditions=" + given + " by=\"" + askedBy + "\"";
  }

  private static void valid(String what, Pattern pattern, String value) {
    if (!pattern.matcher(value).matches()) {
      throw new IllegalArgumentException("the " + what + " does not match " + pattern);
    }
  }
}
