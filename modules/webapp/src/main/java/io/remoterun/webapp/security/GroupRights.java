package io.remoterun.webapp.security;

import io.remoterun.protocol.run.BadRequest;
import io.remoterun.webapp.accounts.Grants;
import io.remoterun.webapp.accounts.Right;
import io.remoterun.webapp.accounts.Scope;
import java.util.Collection;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * What the people of a group, in a directory or of an OpenID provider, may do here.
 *
 * @param group its name there
 * @param rights by their keys
 * @param allNodes whether they are about all nodes
 * @param nodeGroups otherwise, the groups of nodes that they are about
 */
public record GroupRights(
    String group,
    @DefaultValue List<String> rights,
    @DefaultValue("false") boolean allNodes,
    @DefaultValue List<String> nodeGroups) {

  public GroupRights {
    if (allNodes != nodeGroups.isEmpty()) {
      throw new IllegalArgumentException(
          "the rights of group " + group + " need either all-nodes: true or node-groups");
    }
    try {
      rights.forEach(Right::of);
    } catch (BadRequest e) {
      throw new IllegalArgumentException(e.getMessage(), e);
    }
  }

  /** What somebody in these groups may do. */
  static Grants of(Collection<String> groups, List<GroupRights> configured) {
    return configured.stream()
        .filter(rights -> groups.contains(rights.group()))
        .map(GroupRights::grants)
        .reduce(Grants.none(), Grants::and);
  }

  private Grants grants() {
    Scope scope = allNodes ? new Scope.All() : new Scope.Groups(new TreeSet<>(nodeGroups));
    Map<Right, Scope> scopes = new EnumMap<>(Right.class);
    rights.forEach(right -> scopes.put(Right.of(right), scope));
    return new Grants(scopes);
  }
}
