package io.remoterun.webapp.accounts;

import io.remoterun.protocol.run.BadRequest;
import io.remoterun.protocol.run.NodeId;
import java.util.Collections;
import java.util.SortedSet;
import java.util.TreeSet;

/** Which nodes a right is about. */
public sealed interface Scope {

  /** Whether it is about this one. */
  boolean covers(NodeId node, Membership groups);

  /** What is in at least one of both. */
  default Scope and(Scope other) {
    if (this instanceof Groups(var mine) && other instanceof Groups(var others)) {
      SortedSet<String> both = new TreeSet<>(mine);
      both.addAll(others);
      return new Groups(both);
    }
    return new All();
  }

  /** Every node, also those that no list knows. */
  record All() implements Scope {
    @Override
    public boolean covers(NodeId node, Membership groups) {
      return true;
    }
  }

  /** Whoever is in one of these groups at the moment. A group that does not exist has no nodes. */
  record Groups(SortedSet<String> names) implements Scope {
    /**
     * @throws BadRequest when there is none
     */
    public Groups {
      names = Collections.unmodifiableSortedSet(new TreeSet<>(names));
      if (names.isEmpty()) {
        throw new BadRequest("a right that is limited to groups needs a group");
      }
    }

    @Override
    public boolean covers(NodeId node, Membership groups) {
      return names.stream().anyMatch(group -> groups.isIn(node, group));
    }
  }

  /** Which nodes are in which group, now. */
  @FunctionalInterface
  interface Membership {
    boolean isIn(NodeId node, String group);
  }
}
