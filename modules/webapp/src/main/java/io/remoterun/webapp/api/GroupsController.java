package io.remoterun.webapp.api;

import io.remoterun.protocol.run.BadRequest;
import io.remoterun.protocol.run.NodeId;
import io.remoterun.webapp.accounts.Account;
import io.remoterun.webapp.audit.Audit;
import io.remoterun.webapp.audit.AuditEntry;
import io.remoterun.webapp.nodes.Fleets;
import io.remoterun.webapp.nodes.Group;
import io.remoterun.webapp.nodes.Group.Members;
import io.remoterun.webapp.nodes.Groups;
import io.remoterun.webapp.nodes.Query;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.security.core.annotation.AuthenticationPrincipal;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PutMapping;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.publisher.Mono;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Groups of nodes: everybody sees those with nodes that he sees; they are made by admins. */
@RudderApi
public final class GroupsController {
  private static final int MOST_GROUPS = 1000;
  private static final int MOST_OF_IDS = 3000;

  private final Groups groups;
  private final Fleets fleets;
  private final Audit audit;

  public GroupsController(Groups groups, Fleets fleets, Audit audit) {
    this.groups = groups;
    this.fleets = fleets;
    this.audit = audit;
  }

  /** One of these has to be given. */
  record AskedGroup(@Nullable List<@Nullable String> nodes, @Nullable String query) {
    Members members() {
      if (nodes != null && query == null) {
        return new Members.Listed(AskedRun.AskedTargets.ids(nodes));
      }
      if (query != null && nodes == null) {
        return new Members.Matching(Query.parse(query));
      }
      throw new BadRequest("a group should have one of nodes and query");
    }
  }

  @GetMapping("/remote-run-groups")
  Mono<Void> list(@AuthenticationPrincipal Account user, ServerWebExchange exchange) {
    Parameters.of(exchange);
    return Sight.of(user, exchange, fleets)
        .flatMap(sight -> RunsController.answer(exchange, HttpStatus.OK, seen(sight)));
  }

  private static ObjectNode seen(Sight sight) {
    ObjectNode json = Json.MAPPER.createObjectNode();
    ArrayNode list = json.putArray("groups");
    for (Group group : sight.fleet().groups()) {
      List<NodeId> members =
          sight.fleet().members(group.name()).stream().filter(sight::sees).toList();
      if (sight.sees(group)) {
        list.add(json(group, members));
      }
    }
    return json;
  }

  private static ObjectNode json(Group group, List<NodeId> members) {
    ObjectNode json = Json.MAPPER.createObjectNode().put("name", group.name());
    if (group.members() instanceof Members.Matching(Query query)) {
      json.put("query", query.toString());
    }
    ArrayNode nodes = json.putArray("nodes");
    members.forEach(id -> nodes.add(id.value()));
    return json;
  }

  @PutMapping("/remote-run-groups/{name}")
  Mono<Void> save(
      @PathVariable String name,
      @AuthenticationPrincipal Account user,
      ServerWebExchange exchange) {
    Parameters.of(exchange);
    return RequestBody.of(exchange, AskedGroup.class)
        .switchIfEmpty(Mono.error(RequestBody::missing))
        .map(asked -> new Group(name, asked.members()))
        .zipWith(Sight.of(user, exchange, fleets))
        .flatMap(both -> save(both.getT1(), both.getT2(), exchange));
  }

  private Mono<Void> save(Group group, Sight sight, ServerWebExchange exchange) {
    if (sight.fleet().group(group.name()).isEmpty()
        && sight.fleet().groups().size() >= MOST_GROUPS) {
      NotDone no = NotDone.conflict("there are " + MOST_GROUPS + " groups already");
      return refused(sight, "save " + group.name() + ": " + no.getMessage()).then(Mono.error(no));
    }
    return audit
        .writeAndDo(entry(sight, "save " + words(group)), Mono.defer(() -> groups.save(group)))
        .then(Mono.defer(fleets::current))
        .flatMap(
            fleet ->
                RunsController.answer(
                    exchange,
                    HttpStatus.OK,
                    json(group, List.copyOf(fleet.members(group.name())))));
  }

  @DeleteMapping("/remote-run-groups/{name}")
  Mono<Void> delete(
      @PathVariable String name,
      @AuthenticationPrincipal Account user,
      ServerWebExchange exchange) {
    Parameters.of(exchange);
    return Sight.of(user, exchange, fleets)
        .flatMap(sight -> delete(name, sight))
        .flatMap(
            gone ->
                RunsController.answer(
                    exchange, HttpStatus.OK, Json.MAPPER.createObjectNode().put("name", name)));
  }

  /** What is not there is not deleted, and nothing else is written down. */
  private Mono<Boolean> delete(String name, Sight sight) {
    if (sight.fleet().group(name).isEmpty()) {
      throw Triggers.noGroup(name);
    }
    return audit
        .writeAndDo(entry(sight, "delete " + name), Mono.defer(() -> groups.remove(name)))
        .filter(wasThere -> wasThere)
        .switchIfEmpty(
            Mono.defer(
                () ->
                    refused(sight, "delete " + name + ": somebody else has just deleted it")
                        .then(Mono.error(Triggers.noGroup(name)))));
  }

  private Mono<Void> refused(Sight sight, String details) {
    return audit.write(AuditEntry.refused(sight.caller(), AuditEntry.Action.GROUP, details));
  }

  private static String words(Group group) {
    return switch (group.members()) {
      case Members.Listed(List<NodeId> ids) ->
          group.name() + ", " + NodesInWords.of(ids, MOST_OF_IDS);
      case Members.Matching(Query query) -> group.name() + ", nodes with " + query;
    };
  }

  private static AuditEntry entry(Sight sight, String details) {
    return AuditEntry.allowed(sight.caller(), AuditEntry.Action.GROUP, details);
  }
}
