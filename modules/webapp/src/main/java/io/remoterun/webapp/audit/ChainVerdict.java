package io.remoterun.webapp.audit;

import java.util.Optional;

/**
 * Whether the audit log is as it was written.
 *
 * @param entries how many were found intact, from the first on
 * @param head the hash of the last of them
 * @param broken the first one that is not intact
 */
public record ChainVerdict(boolean intact, long entries, String head, Optional<Broken> broken) {

  /** An entry that is not as it was written. */
  public record Broken(long sequence, String reason) {}
}
