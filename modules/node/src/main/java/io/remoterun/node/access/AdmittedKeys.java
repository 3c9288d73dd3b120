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
 * is a proof in itself.
 */
public final class AdmittedKeys {
  private final List<KeyDigest> digests = new ArrayList<>();
  private final List<KeyHash> hashes = new ArrayList<>();
  private final KeyDirectory stored;

  /**
   * @throws IllegalArgumentException when one of the names is none of the three forms
   */
  public AdmittedKeys(List<String> names, KeyDirectory stored) {
    this.stored = stored;
    for (String name : names) {
      if (name.startsWith("sha256")) {
        Optional<KeyHash> hash = KeyHash.parse(name);
        hashes.add(hash.orElseThrow(() -> new IllegalArgumentException("an empty key hash")));
      } else {
        digests.add(new KeyDigest(name));
      }
    }
  }

  /**
   * Whether the key is named in the configuration: a first look that keeps strangers out of the
   * handshake. Never blocks.
   */
  public boolean areNaming(PublicKey key) {
    return isHashed(key) || isNamed(key);
  }

  /**
   * Whether this is the key of someone who may act for the user. Reads the folder of keys each
   * time, so that a key that is removed there is out at once: not for event loops.
   */
  public AccessDecision admit(String user, PublicKey key) {
    if (isHashed(key)) {
      return new AccessDecision.Allowed();
    }
    if (!isNamed(key)) {
      return new AccessDecision.Denied("the key is not in admit-keys");
    }
    try {
      return stored.isTrusted(user, key)
          ? new AccessDecision.Allowed()
          : new AccessDecision.Denied("the key is not stored for user " + user);
    } catch (IOException e) {
      return new AccessDecision.Denied("the stored key cannot be read: " + e.getMessage());
    }
  }

  private boolean isHashed(PublicKey key) {
    return hashes.stream().anyMatch(hash -> hash.matches(key));
  }

  private boolean isNamed(PublicKey key) {
    return key instanceof RSAPublicKey rsa && digests.stream().anyMatch(it -> it.names(rsa));
  }
}
