package io.remoterun.node.access;

import io.remoterun.protocol.keys.KeyDigest;
import io.remoterun.protocol.keys.KeyDirectory;
import io.remoterun.protocol.run.Printable;
import java.io.IOException;
import java.security.interfaces.RSAPublicKey;
import java.util.Optional;
import java.util.Set;

/**
 * Which key Rudder's agent takes for its policy server's. It writes the digest down in {@code
 * ppkeys/policy_server_hash}. Before it does, and where it does not, it has stored one key for
 * {@code root}, that of the first server that it came to, and trusts no other from then on; so if
 * exactly one is stored, besides the host's own, it is that. Otherwise it is not known.
 * Thread-safe.
 */
public final class PolicyServerKey {
  private final KeyDirectory stored;
  private volatile Found found;

  /**
   * @param reason why there is none
   */
  private record Found(Optional<KeyDigest> digest, String reason) {
    static Found nothing(String reason) {
      return new Found(Optional.empty(), reason);
    }
  }

  PolicyServerKey(KeyDirectory stored) {
    this.stored = stored;
    this.found = find();
  }

  /**
   * Looks again: not for event loops.
   *
   * @return whether the answer is another one
   */
  public boolean isAnother() {
    Found before = found;
    found = find();
    return !found.equals(before);
  }

  /** Why it is not known, and what to do, if it is not. */
  public Optional<String> problem() {
    Found now = found;
    return now.digest.isPresent() ? Optional.empty() : Optional.of(now.reason);
  }

  boolean names(RSAPublicKey key) {
    return found.digest.filter(it -> it.names(key)).isPresent();
  }

  private Found find() {
    try {
      Optional<KeyDigest> written = stored.policyServer();
      return written.isPresent() ? new Found(written, "") : theOnlyOne();
    } catch (IOException | IllegalArgumentException e) {
      return Found.nothing("it cannot be read: " + Printable.of(String.valueOf(e.getMessage())));
    }
  }

  private Found theOnlyOne() throws IOException {
    Set<KeyDigest> others = stored.othersOf("root");
    return switch (others.size()) {
      case 1 -> new Found(others.stream().findFirst(), "");
      case 0 -> Found.nothing("no key root-....pub is stored: let the agent get its policies once");
      default -> Found.nothing(others.size() + " keys root-....pub are stored: name the one");
    };
  }

  @Override
  public String toString() {
    return found.digest.map(KeyDigest::toString).orElse("unknown");
  }
}
