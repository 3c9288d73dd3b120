package io.remoterun.relay.transport;

import io.remoterun.protocol.keys.KeyHash;
import java.security.PublicKey;
import java.util.List;

/**
 * What a node has to prove.
 *
 * @param keys any of them
 * @param hint follows what is said of a key that is wrong or missing: where it is from, what to do
 * @param isFirstUse whether the key that the node presents becomes the expected one; then there are
 *     none
 */
record ExpectedKeys(List<KeyHash> keys, String hint, boolean isFirstUse) {

  static ExpectedKeys of(List<KeyHash> keys) {
    return new ExpectedKeys(keys, "", false);
  }

  /** Whether there is no key that the node could present. */
  boolean isNone() {
    return keys.isEmpty() && !isFirstUse;
  }

  boolean admits(PublicKey presented) {
    return isFirstUse || keys.stream().anyMatch(key -> key.matches(presented));
  }
}
