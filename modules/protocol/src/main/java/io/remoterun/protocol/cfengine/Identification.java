package io.remoterun.protocol.cfengine;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.remoterun.protocol.run.BadRequest;
import io.remoterun.protocol.run.Printable;
import io.remoterun.protocol.run.RunId;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The lines with which both ends say who they are, before the first transaction:
 *
 * <pre>
 *   server: CFE_v3 cf-serverd 3.21.0        the highest protocol version that it speaks
 *   client: CFE_v2 cf-agent 3.21.0          the version to use
 *   client: IDENTITY USERNAME=root
 *   server: OK WELCOME USERNAME=root        or it closes, without a word
 * </pre>
 *
 * CFEngine's ends ignore words that they do not know. So our own client adds {@code REMOTE_RUN=1
 * RUN=UUID} to its identity, and our own server, if it has been told the first of them, to its
 * welcome: then both know that runs can be cancelled.
 *
 * <p>A line has at most 1023 bytes, its line feed included, all of them printable ASCII.
 */
final class Identification {
  /** Version 2 is the first with TLS, and all that remote execution needs. */
  static final int PROTOCOL_VERSION = 2;

  static final String RELEASE = "0.1.0";

  private static final int MOST_BYTES = 1023;
  private static final Pattern VERSION_LINE = Pattern.compile("CFE_v([0-9]{1,4})(?: .*)?");
  private static final Pattern CF_SERVERD =
      Pattern.compile("CFE_v[0-9]+ cf-serverd ([0-9]{1,4})\\.([0-9]{1,4})\\b.*");

  /** Longer ones are no user's, and would not fit into the line that welcomes them. */
  private static final Pattern USER_NAME = Pattern.compile("[a-zA-Z0-9_.-]{1,256}");

  private static final Pattern IDENTITY_LINE = Pattern.compile("IDENTITY(?: .*)?");

  private static final String EXTENDED = "REMOTE_RUN=1";
  private static final String USER = "USERNAME=";
  private static final String RUN = "RUN=";

  /**
   * Who a client says that it is.
   *
   * @param isExtended whether it is one of ours
   * @param run the name of the run that it will ask for, if it is
   */
  record Identity(String user, boolean isExtended, Optional<RunId> run) {}

  private Identification() {}

  /** Our version line, which a server sends as its greeting and a client as its answer. */
  static byte[] versionLine() {
    return line("CFE_v" + PROTOCOL_VERSION + " remote-run " + RELEASE);
  }

  /** The protocol version that the peer tells, at least 2. */
  static int parseVersionLine(String line) {
    Matcher matcher = VERSION_LINE.matcher(line);
    if (!matcher.matches()) {
      throw new ProtocolError("expected a line 'CFE_vN PROGRAM ...', got '" + shown(line) + "'");
    }
    int version = Integer.parseInt(matcher.group(1));
    if (version < PROTOCOL_VERSION) {
      throw new ProtocolError("protocol version " + version + " has no TLS and is not spoken here");
    }
    return version;
  }

  /**
   * Whether the server that greets with this line tells each exit status that there is: cf-serverd
   * does from 3.18 on.
   */
  static boolean tellsExitStatus(String greeting) {
    Matcher release = CF_SERVERD.matcher(greeting);
    if (!release.matches()) {
      return false;
    }
    int major = Integer.parseInt(release.group(1));
    return major > 3 || (major == 3 && Integer.parseInt(release.group(2)) >= 18);
  }

  /** A client has to choose a version that the server's greeting offered. */
  static void checkClientVersion(String line) {
    int version = parseVersionLine(line);
    if (version > PROTOCOL_VERSION) {
      throw new ProtocolError(
          "protocol version " + version + " asked for, " + PROTOCOL_VERSION + " offered");
    }
  }

  static byte[] identityLine(String user, RunId run) {
    return line("IDENTITY " + USER + user + " " + EXTENDED + " " + RUN + run);
  }

  /** Other words than ours and {@code USERNAME=} are ignored, as CFEngine does. */
  static Identity parseIdentityLine(String line) {
    if (!IDENTITY_LINE.matcher(line).matches()) {
      throw new ProtocolError(
          "expected a line 'IDENTITY USERNAME=NAME', got '" + shown(line) + "'");
    }
    List<String> words = words(line);
    String user =
        valueOf(USER, words)
            .orElseThrow(
                () ->
                    new ProtocolError("the identity line has no USERNAME: '" + shown(line) + "'"));
    boolean isExtended = words.contains(EXTENDED);
    Optional<String> run = isExtended ? valueOf(RUN, words) : Optional.empty();
    return new Identity(checkedUser(user), isExtended, run.map(Identification::runId));
  }

  static byte[] welcomeLine(Identity client) {
    return line("OK WELCOME " + USER + client.user() + (client.isExtended() ? " " + EXTENDED : ""));
  }

  /** Whether the server is one of ours, and can be asked to stop what it runs. */
  static boolean parseWelcomeLine(String line) {
    if (!line.equals("OK WELCOME") && !line.startsWith("OK WELCOME ")) {
      throw new ProtocolError("expected a line 'OK WELCOME', got '" + shown(line) + "'");
    }
    return words(line).contains(EXTENDED);
  }

  private static List<String> words(String line) {
    return Arrays.asList(line.split(" +", -1));
  }

  private static Optional<String> valueOf(String name, List<String> words) {
    return words.stream()
        .filter(word -> word.startsWith(name))
        .map(word -> word.substring(name.length()))
        .findFirst();
  }

  private static RunId runId(String text) {
    try {
      return RunId.parse(text);
    } catch (BadRequest e) {
      throw new ProtocolError(String.valueOf(e.getMessage()));
    }
  }

  /** The next line without its line feed, if it is there whole. */
  static Optional<String> nextLine(ReceivedBytes received) {
    int limit = Math.min(received.size(), MOST_BYTES);
    for (int index = 0; index < limit; index++) {
      byte value = received.at(index);
      if (value == '\n') {
        String line = new String(received.take(index), US_ASCII);
        received.take(1);
        return Optional.of(line);
      }
      if (value < ' ' || value == 127) {
        throw new ProtocolError("an identification line with a byte that is no printable ASCII");
      }
    }
    if (limit == MOST_BYTES) {
      throw new ProtocolError("an identification line of more than " + MOST_BYTES + " bytes");
    }
    return Optional.empty();
  }

  private static String checkedUser(String user) {
    if (!USER_NAME.matcher(user).matches()) {
      throw new ProtocolError("invalid user name '" + shown(user) + "'");
    }
    return user;
  }

  private static byte[] line(String text) {
    return (text + "\n").getBytes(US_ASCII);
  }

  private static String shown(String text) {
    return Printable.of(text);
  }
}
