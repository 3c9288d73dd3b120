package io.remoterun.relay.transport;

import static org.assertj.core.api.Assertions.assertThat;

import io.remoterun.protocol.nodelist.NodeEntry;
import io.remoterun.protocol.run.NodeId;
import io.remoterun.protocol.run.RunEvent;
import io.remoterun.protocol.run.RunRequest;
import io.remoterun.relay.transport.Transports.Call;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

class TransportsTest {
  private static final NodeTransport SINGLE = transport(1);
  private static final NodeTransport PAIRS = transport(2);
  private static final NodeTransport ALL = transport(Integer.MAX_VALUE);

  @Test
  void aCallHasNoMoreNodesThanItsTransportTakes() {
    List<NodeEntry> five = List.of(node("a"), node("b"), node("c"), node("d"), node("e"));

    assertThat(Transports.only(SINGLE).callsFor(five))
        .hasSize(5)
        .contains(new Call(SINGLE, List.of(node("c"))));
    assertThat(Transports.only(PAIRS).callsFor(five))
        .containsExactly(
            new Call(PAIRS, five.subList(0, 2)),
            new Call(PAIRS, five.subList(2, 4)),
            new Call(PAIRS, five.subList(4, 5)));
    assertThat(Transports.only(ALL).callsFor(five)).containsExactly(new Call(ALL, five));
    assertThat(Transports.only(ALL).callsFor(List.of())).isEmpty();
  }

  @Test
  void eachNodeIsInACallOfItsOwnTransport() {
    Transports byId = new Transports(node -> node.id().value().equals("b") ? SINGLE : ALL);

    assertThat(byId.callsFor(List.of(node("a"), node("b"), node("c"))))
        .containsExactly(
            new Call(ALL, List.of(node("a"), node("c"))), new Call(SINGLE, List.of(node("b"))));
  }

  private static NodeEntry node(String id) {
    return new NodeEntry(new NodeId(id), id, Optional.empty(), NodeId.ROOT);
  }

  private static NodeTransport transport(int nodes) {
    return new NodeTransport() {
      @Override
      public Flux<RunEvent> run(List<NodeEntry> of, RunRequest request, Mono<Void> cancel) {
        return Flux.empty();
      }

      @Override
      public int nodesOfOneCall() {
        return nodes;
      }
    };
  }
}
