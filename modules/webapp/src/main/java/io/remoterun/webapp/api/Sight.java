package io.remoterun.webapp.api;

import io.remoterun.protocol.run.NodeId;
import io.remoterun.protocol.run.TraceParent;
import io.remoterun.webapp.accounts.Account;
import io.remoterun.webapp.accounts.Right;
import io.remoterun.webapp.nodes.Fleet;
import io.remoterun.webapp.nodes.Fleets;
import io.remoterun.webapp.nodes.Group;
import io.remoterun.webapp.nodes.Node;
import io.remoterun.webapp.runs.Asked;
import io.remoterun.webapp.runs.Caller;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.publisher.Mono;

/**
 * One caller, and the fleet by which it is decided what exists for it and what it may do. A whole
 * request is decided by one of these.
 *
 * @param asked when, and where in a trace
 */
record Sight(Account account, Caller caller, Fleet fleet, Asked asked) {

  static Mono<Sight> of(Account account, ServerWebExchange exchange, Fleets fleets) {
    Caller caller = new Caller(account.name(), Peer.of(exchange));
    Optional<TraceParent> trace =
        TraceParent.parse(exchange.getRequest().getHeaders().getFirst(TraceParent.HEADER));
    Asked asked = new Asked(trace, Instant.now());
    return fleets.current().map(fleet -> new Sight(account, caller, fleet, asked));
  }

  boolean may(Right right, NodeId node) {
    return account.grants().may(right, node, fleet::isIn);
  }

  boolean mayAll(Right right, Collection<NodeId> nodes) {
    return account.grants().mayEverywhere(right)
        || nodes.stream().allMatch(node -> may(right, node));
  }

  /** Whether the node exists for this caller. */
  boolean sees(NodeId node) {
    return account.grants().sees(node, fleet::isIn);
  }

  /** Whether the group exists for this caller: it sees a node of it, or administers groups. */
  boolean sees(Group group) {
    return account.grants().administers()
        || fleet.members(group.name()).stream().anyMatch(this::sees);
  }

  /** Whether it is shown what runs do at the node. */
  boolean reads(NodeId node) {
    return may(Right.RUN_READ, node);
  }

  boolean readsEverything() {
    return account.grants().mayEverywhere(Right.RUN_READ);
  }

  /** Of the nodes there are, those whose runs it is shown. */
  List<NodeId> readable() {
    return fleet.nodes().stream().map(Node::id).filter(this::reads).collect(Collectors.toList());
  }

  Optional<String> hostname(NodeId node) {
    return fleet.find(node).map(Node::hostname);
  }
}
