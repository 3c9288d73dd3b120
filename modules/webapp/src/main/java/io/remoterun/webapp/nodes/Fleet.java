package io.remoterun.webapp.nodes;

import io.remoterun.protocol.run.NodeId;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;

/**
 * All nodes and groups as they were when somebody asked: whoever decides by it decides by one
 * state. Immutable.
 */
public final class Fleet {
  private final Map<NodeId, Node> nodes;
  private final Map<String, Group> groups;
  private final Map<String, Set<NodeId>> members = new ConcurrentHashMap<>();

  public Fleet(Collection<Node> nodes, Collection<Group> groups) {
    Map<NodeId, Node> byId = new LinkedHashMap<>();
    nodes.forEach(node -> byId.put(node.id(), node));
    this.nodes = Collections.unmodifiableMap(byId);
    Map<String, Group> byName = new LinkedHashMap<>();
    groups.forEach(group -> byName.put(group.name(), group));
    this.groups = Collections.unmodifiableMap(byName);
  }

  /** In the order of the node list. */
  public Collection<Node> nodes() {
    return nodes.values();
  }

  public Optional<Node> find(NodeId id) {
    return Optional.ofNullable(nodes.get(id));
  }

  /** In the order of the node list. */
  public List<NodeId> matching(Query query) {
    return nodes.values().stream().filter(query::isMetBy).map(Node::id).toList();
  }

  public Collection<Group> groups() {
    return groups.values();
  }

  public Optional<Group> group(String name) {
    return Optional.ofNullable(groups.get(name));
  }

  /** The nodes of the group that there are; none where there is no such group. */
  public Set<NodeId> members(String group) {
    return members.computeIfAbsent(group, this::find);
  }

  public boolean isIn(NodeId node, String group) {
    return members(group).contains(node);
  }

  private Set<NodeId> find(String name) {
    Group group = groups.get(name);
    Stream<NodeId> ids =
        switch (group == null ? null : group.members()) {
          case null -> Stream.empty();
          case Group.Members.Listed(List<NodeId> listed) ->
              listed.stream().filter(nodes::containsKey);
          case Group.Members.Matching(Query query) -> matching(query).stream();
        };
    Set<NodeId> found = new LinkedHashSet<>();
    ids.forEach(found::add);
    return Collections.unmodifiableSet(found);
  }
}
