package io.remoterun.webapp.accounts;

import io.remoterun.protocol.run.NodeId;
import java.util.Collections;
import java.util.EnumMap;
import java.util.Map;
import java.util.stream.Stream;

/** The rights of an account, each with the nodes that it is about. Immutable. */
public record Grants(Map<Right, Scope> scopes) {
  private static final Scope EVERYWHERE = new Scope.All();

  public Grants {
    EnumMap<Right, Scope> copy = new EnumMap<>(Right.class);
    copy.putAll(scopes);
    scopes = Collections.unmodifiableMap(copy);
  }

  public static Grants none() {
    return new Grants(Map.of());
  }

  /** Whatever can be done. */
  public static Grants everything() {
    return new Grants(Map.of(Right.ADMIN, EVERYWHERE));
  }

  /** What at least one of both allows. */
  public Grants and(Grants other) {
    EnumMap<Right, Scope> both = new EnumMap<>(Right.class);
    both.putAll(scopes);
    other.scopes.forEach((right, scope) -> both.merge(right, scope, Scope::and));
    return new Grants(both);
  }

  /** Whether it may do this to that node. */
  public boolean may(Right right, NodeId node, Scope.Membership groups) {
    return scopesOf(right).anyMatch(scope -> scope.covers(node, groups));
  }

  /** Whether it may do this to every node there is or will be. */
  public boolean mayEverywhere(Right right) {
    return scopesOf(right).anyMatch(EVERYWHERE::equals);
  }

  /**
   * Whether there can be a node to which it may do this; whoever may not need not be asked more.
   */
  public boolean maySomewhere(Right right) {
    return (right == Right.ADMIN || !right.isAboutNodes())
        ? mayEverywhere(right)
        : scopesOf(right).findAny().isPresent();
  }

  /**
   * Whether it has any right that is about the node. One that it does not see does not exist for
   * it.
   */
  public boolean sees(NodeId node, Scope.Membership groups) {
    return scopes.entrySet().stream()
        .filter(entry -> entry.getKey().isAboutNodes())
        .anyMatch(entry -> entry.getValue().covers(node, groups));
  }

  /** Whether it may administer accounts, groups and the audit log, which are no nodes. */
  public boolean administers() {
    return mayEverywhere(Right.ADMIN);
  }

  private Stream<Scope> scopesOf(Right right) {
    return scopes.entrySet().stream()
        .filter(entry -> entry.getKey() == right || entry.getKey() == Right.ADMIN)
        .map(Map.Entry::getValue);
  }
}
