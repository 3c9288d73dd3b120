package io.remoterun.node.access;

import io.remoterun.protocol.keys.KeyDigest;
import io.remoterun.protocol.keys.KeyDirectory;
import io.remoterun.protocol.keys.KeyHash;
import java.io.IOException;
import java.security.PublicKey;
import java.security.interfaces.RSAPublicKey;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The keys of those who may connect. Each is configured as a digest ({@code MD5=...} or {@code
 * SHA=...}, as CFEngine's {@code admit_keys} has it), and then its whole public key must be stored
 * in {@code ppkeys} for the user that the peer acts for; or as a hash ({@code sha256//...}), which
 * is a proof in itself; or as {@value #POLICY_SERVER}, which is the digest that Rudder's agent
 * knows its policy server by.
 */
public final class AdmittedKeys {
  public static final String POLICY_SERVER = "policy-server";

  private final List<KeyDigest> digests = new ArrayList<>();
  private final List<KeyHash> hashes = new ArrayList<>();
  private final KeyDirectory stored;
  private final Optional<PolicyServerKey> policyServer;

  /**
   * Looks for the policy server's key, if it is one of them: not for event loops.
   *
   * @throws IllegalArgumentException when one of the names has none of these forms
   */
  public AdmittedKeys(List<String> names, KeyDirectory stored) {
    this.stored = stored;
    this.policyServer =
        names.contains(POLICY_SERVER) ? Optional.of(new PolicyServerKey(stored)) : Optional.empty();
    names.stream().filter(name -> !name.equals(POLICY_SERVER)).forEach(this::add);
  }

  private void add(String name) {
    if (name.startsWith("sha256")) {
      Optional<KeyHash> hash = KeyHash.parse(name);
      hashes.add(hash.orElseThrow(() -> new IllegalArgumentException("an empty key hash")));
    } else {
      digests.add(new KeyDigest(name));
    }
  }

  /** Whether nobody is named. */
  public boolean areNone() {
    return digests.isEmpty() && hashes.isEmpty() && policyServer.isEmpty();
  }

  /** Whose key changes without a change of the configuration, if it is named. */
  public Optional<PolicyServerKey> policyServer() {
    return policyServer;
  }

  /**
   * Whether the key is named in the configuration: a first look that keeps strangers out of the
   * handshake. Never blocks.
   */
  public boolean areNaming(PublicKey key) {
    return hash(key).isPresent() || digest(key).isPresent();
  }

  /**
   * Whether this is the key of someone who may act for the user. Reads the folder of keys each
   * time, so that a key that is removed there is out at once: not for event loops.
   */
  public AccessDecision admit(String user, PublicKey key) {
    Optional<String> hash = hash(key);
    if (hash.isPresent()) {
      return new AccessDecision.Allowed(hash.get());
    }
    return digest(key)
        .map(name -> admitIfStored(name, user, key))
        .orElseGet(() -> new AccessDecision.Denied("the key is not in admit-keys"));
  }

  private AccessDecision admitIfStored(String name, String user, PublicKey key) {
    try {
      return stored.isTrusted(user, key)
          ? new AccessDecision.Allowed(name)
          : new AccessDecision.Denied("the key is not stored for user " + user);
    } catch (IOException e) {
      return new AccessDecision.Denied("the stored key cannot be read: " + e.getMessage());
    }
  }

  private Optional<String> hash(PublicKey key) {
    return hashes.stream().filter(hash -> hash.matches(key)).findFirst().map(KeyHash::toString);
  }

  private Optional<String> digest(PublicKey key) {
    if (!(key instanceof RSAPublicKey rsa)) {
      return Optional.empty();
    }
    return digests.stream()
        .filter(it -> it.names(rsa))
        .findFirst()
        .map(KeyDigest::toString)
        .or(() -> policyServer.filter(it -> it.names(rsa)).map(it -> POLICY_SERVER));
  }
}
