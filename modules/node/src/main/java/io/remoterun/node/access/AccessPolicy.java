package io.remoterun.node.access;

import io.remoterun.protocol.run.Condition;
import java.net.InetAddress;
import java.security.PublicKey;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Who may have this node's agent run, and how: one value, which a reload replaces as a whole.
 *
 * @param keys whose
 * @param addresses from where
 * @param users for whom a peer may act
 * @param conditions patterns of what may be asked for, each for a whole condition
 */
public record AccessPolicy(
    AdmittedKeys keys, AdmittedAddresses addresses, Set<String> users, List<Pattern> conditions) {
  private static final Condition NOBODY_ASKS_FOR = new Condition("x7q2_nobody_asks_for_this_Zk");

  public AccessPolicy {
    users = Set.copyOf(users);
    conditions = List.copyOf(conditions);
  }

  /**
   * Whether a peer may be here and say that it acts for the user. Reads the folder of keys: not for
   * event loops.
   */
  public AccessDecision admit(InetAddress from, String user, PublicKey key) {
    return addresses.contain(from)
        ? keys.admit(user, key)
        : new AccessDecision.Denied("its address is not in admit-addresses");
  }

  /**
   * Why that user may not have the agent run with these conditions, if so. Of a peer that is
   * admitted. Never blocks.
   */
  public Optional<String> refusal(String user, List<Condition> asked) {
    if (!users.contains(user)) {
      return Optional.of("user " + user + " is not in allow-users");
    }
    return asked.stream()
        .filter(condition -> !allows(condition))
        .findFirst()
        .map(condition -> "condition " + condition + " is not in allow-conditions");
  }

  /** Whether, as far as one can tell, everything may be asked for. */
  public boolean allowsAnyCondition() {
    return allows(NOBODY_ASKS_FOR);
  }

  private boolean allows(Condition condition) {
    // matches(), not find(): a pattern is for the whole of it, "b" does not allow "abc".
    return conditions.stream().anyMatch(it -> it.matcher(condition.value()).matches());
  }
}
