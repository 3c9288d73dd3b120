package io.remoterun.helper;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.DataInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.regex.Matcher;
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
 * @param run a UUID in small letters: otherwise one run would have many names
 * @param conditions for the agent, with a comma between them; perhaps none
 * @param askedBy who the node says has asked, for the audit log only; no quotes
 */
record HelperRequest(String job, String run, String conditions, String askedBy) {
  static final int MOST_BYTES = 8 * 1024;

  private static final String CONDITION = "[a-zA-Z0-9][a-zA-Z0-9_]{0,1023}+";

  /** Nothing in it is tried twice ({@code +}), so no request takes long or much of the stack. */
  private static final Pattern REQUEST =
      Pattern.compile(
          "remote-run 1\n([a-zA-Z0-9_-]{1,64}+)\n([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})\n"
              + ("((?:" + CONDITION + "(?:," + CONDITION + ")*+)?+)\n([ !#-~]{0,256}+)\n"));

  /** Reads one. Blocks; the deadline is the caller's. */
  static HelperRequest read(InputStream in) throws IOException {
    DataInputStream data = new DataInputStream(in);
    int length = data.readInt();
    if (length < 0 || length > MOST_BYTES) {
      throw new Refusal("a request of more than " + MOST_BYTES + " bytes");
    }
    byte[] body = new byte[length];
    data.readFully(body);
    Matcher parts = REQUEST.matcher(new String(body, US_ASCII));
    if (!parts.matches()) {
      throw new Refusal("not a request of \"remote-run 1\"");
    }
    return new HelperRequest(parts.group(1), parts.group(2), parts.group(3), parts.group(4));
  }

  /** For the audit log. Nothing in it can look like another part. */
  @Override
  public String toString() {
    return "job=" + job + " run=" + run + " conditions=" + conditions + " by=\"" + askedBy + "\"";
  }
}
