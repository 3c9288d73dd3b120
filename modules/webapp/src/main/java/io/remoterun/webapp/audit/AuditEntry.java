package io.remoterun.webapp.audit;

import io.remoterun.protocol.run.Printable;
import io.remoterun.protocol.run.RunId;
import io.remoterun.webapp.runs.Caller;
import java.util.Optional;

/**
 * What somebody did, or tried to do.
 *
 * @param by who, and the address that the request came from
 * @param run that it is about
 * @param details in one line for a person: targets and conditions, what of an account was changed,
 *     why it was refused. At most {@value #MOST_CHARACTERS} characters are kept. Never a secret.
 */
public record AuditEntry(
    Caller by, Action action, Decision decision, Optional<RunId> run, String details) {
  /** Of the details; a little less than the database has room for. */
  public static final int MOST_CHARACTERS = 3900;

  private static final String CUT = "...";
  private static final int MOST_OF_A_NAME = 90;

  /** What can be done. */
  public enum Action {
    SIGN_IN,
    SIGN_OUT,
    /**
     * A request with a token that is not one, without a right that its path needs or a CSRF token,
     * or for the check of a node that the caller may not trigger.
     */
    REQUEST,
    TRIGGER,
    RETRY,
    CANCEL,
    ACCOUNT,
    GROUP
  }

  /** Whether it was let happen. */
  public enum Decision {
    ALLOWED,
    REFUSED
  }

  public AuditEntry {
    details = bounded(details);
    by =
        new Caller(
            Printable.of(by.name(), MOST_OF_A_NAME), Printable.of(by.from(), MOST_OF_A_NAME));
  }

  /** What is kept is kept the same when it is read again: its hash is made of it. */
  private static String bounded(String details) {
    if (details.length() <= MOST_CHARACTERS) {
      return Printable.of(details, MOST_CHARACTERS);
    }
    int end = MOST_CHARACTERS - CUT.length();
    if (Character.isHighSurrogate(details.charAt(end - 1))) {
      end--;
    }
    return Printable.of(details.substring(0, end), MOST_CHARACTERS) + CUT;
  }

  public static AuditEntry allowed(Caller by, Action action, String details) {
    return new AuditEntry(by, action, Decision.ALLOWED, Optional.empty(), details);
  }

  public static AuditEntry refused(Caller by, Action action, String details) {
    return new AuditEntry(by, action, Decision.REFUSED, Optional.empty(), details);
  }

  public AuditEntry of(RunId about) {
    return new AuditEntry(by, action, decision, Optional.of(about), details);
  }
}
