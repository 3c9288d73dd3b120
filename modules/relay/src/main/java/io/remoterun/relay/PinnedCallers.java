package io.remoterun.relay;

import io.remoterun.protocol.keys.KeyHash;
import io.remoterun.protocol.run.NodeId;
import io.remoterun.relay.topology.Fleet;
import java.security.PublicKey;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.function.Supplier;

/**
 * Who may ask over HTTPS: the policy server of this relay, by the keys that certificates file or
 * node list give for it, and the keys whose hashes are configured. Asked in every handshake, so
 * that a fleet that is replaced counts at once.
 */
final class PinnedCallers implements Predicate<PublicKey> {
  private final Supplier<Fleet> fleet;
  private final List<KeyHash> configured;

  PinnedCallers(Supplier<Fleet> fleet, List<KeyHash> configured) {
    this.fleet = fleet;
    this.configured = List.copyOf(configured);
  }

  @Override
  public boolean test(PublicKey key) {
    return configured.stream().anyMatch(hash -> hash.matches(key))
        || keysOfPolicyServer().filter(keys -> keys.test(key)).isPresent();
  }

  /** Whether nobody at all is admitted. */
  boolean isEmpty() {
    return configured.isEmpty() && keysOfPolicyServer().isEmpty();
  }

  private Optional<Predicate<PublicKey>> keysOfPolicyServer() {
    Fleet now = fleet.get();
    Optional<NodeId> policyServer = now.topology().policyServer();
    return policyServer.flatMap(now::keysOf);
  }
}
