package io.remoterun.protocol.run;

/**
 * Why a node has no (complete) run.
 *
 * @param kind the layer that failed
 * @param hop who saw it, such as {@code relay root}, {@code node n1} or {@code webapp}
 * @param reason what was seen, in one line
 */
public record RunFailure(Kind kind, String hop, String reason) {

  /** The layers at which a run can fail; each knows what a person can do about it. */
  public enum Kind {
    /** No node list on the way knows the id. */
    UNKNOWN_NODE(404, "check the id; the relay may need a reload of its node list"),
    /** The node list gives no way from this relay to the node. */
    NO_ROUTE(502, "check the policy servers in the relay's node list"),
    /** The name does not resolve, or nothing answers at the address. */
    UNREACHABLE(502, "check that the machine is up, its service runs and no firewall is between"),
    /** No TLS could be agreed on. */
    TLS(502, "check that the port is that of a Remote Run or CFEngine service"),
    /** The peer proved an identity, but not the expected one. */
    WRONG_KEY(
        502, "check who answers there; after a reinstallation update the key in the node list"),
    /** The peer does not speak the protocol, or breaks its rules. */
    PROTOCOL(502, "check the versions at both ends"),
    /** The node or relay understood, and does not want to. */
    REFUSED(403, "check the access policy of the one that refused"),
    /** A deadline passed. */
    TIMEOUT(504, "look at the machine; the deadlines are in the relay's configuration"),
    /** The connection was lost while the agent was running; it may have gone on. */
    INTERRUPTED(502, "look at the agent's own reports; the agent may have gone on"),
    /**
     * Somebody cancelled the run, or it took longer than its node lets it, and the agent is known
     * to have ended, or never to have begun.
     */
    STOPPED(409, "trigger it again when it is wanted"),
    /** The same, and it is not known whether the agent has ended, or others want it to go on. */
    UNCONFIRMED(409, "look at the node: its agent may have gone on"),
    /** The node's agent is of a kind that cannot be triggered. */
    UNSUPPORTED(409, "its agent runs by its own schedule only"),
    /** The configured agent command cannot be started, or says that it could not run the agent. */
    AGENT(500, "check the configured agent command, and what it printed"),
    /** A relay answered with an HTTP error. */
    RELAY(502, "look at that relay's log"),
    /** A limit of this hop is reached. */
    OVERLOADED(503, "try again later, or raise the limit"),
    /** A defect of this program. */
    INTERNAL(500, "please report this, with the log of that hop");

    private final int httpStatus;
    private final String advice;

    Kind(int httpStatus, String advice) {
      this.httpStatus = httpStatus;
      this.advice = advice;
    }

    /** The HTTP status that says this to a client to whom nothing was sent yet. */
    public int httpStatus() {
      return httpStatus;
    }

    /** What to do about it, for a person. */
    public String advice() {
      return advice;
    }
  }

  /** As one line: {@code relay root: cannot connect to ... (check that ...)}. */
  @Override
  public String toString() {
    return hop + ": " + reason + " (" + kind.advice + ")";
  }
}
