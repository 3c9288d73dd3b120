package io.remoterun.node.access;

import io.remoterun.protocol.run.Condition;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;

/** What a peer whose key is admitted may ask for. Immutable. */
public final class AccessPolicy {
  private final Set<String> users;
  private final List<Pattern> conditions;

  /**
   * @param users whom a peer may act for
   * @param conditions patterns, each for a whole condition; {@code .*} allows any
   */
  public AccessPolicy(Set<String> users, List<Pattern> conditions) {
    this.users = Set.copyOf(users);
    this.conditions = List.copyOf(conditions);
  }

  /** Whether this user may have the agent run with these conditions. */
  public AccessDecision decide(String user, List<Condition> asked) {
    if (!users.contains(user)) {
      return new AccessDecision.Denied("user " + user + " is not in allow-users");
    }
    for (Condition condition : asked) {
      // matches(), not find(): a pattern is for the whole of it, "b" does not allow "abc".
      if (conditions.stream().noneMatch(it -> it.matcher(condition.value()).matches())) {
        return new AccessDecision.Denied("condition " + condition + " is not in allow-conditions");
      }
    }
    return new AccessDecision.Allowed();
  }
}
