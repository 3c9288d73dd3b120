package io.remoterun.node.schedule;

import static org.assertj.core.api.Assertions.assertThat;

import io.remoterun.protocol.run.NodeId;
import java.time.Duration;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class SplayTest {
  private static final Duration SPAN = Duration.ofMinutes(5);

  /** Whoever changes these moves the runs of all nodes of all fleets. */
  @Test
  void isTheSameForEver() {
    assertThat(Splay.of(new NodeId("root"), SPAN)).isEqualTo(Duration.ofSeconds(217));
    assertThat(Splay.of(new NodeId("c745a140-40bc-4b86-b6dc-084488fc906b"), SPAN))
        .isEqualTo(Duration.ofSeconds(149));
  }

  @Test
  void isNothingWhereThereIsNoSpan() {
    assertThat(Splay.of(NodeId.ROOT, Duration.ZERO)).isEqualTo(Duration.ZERO);
  }

  @Test
  void spreadsAFleetEvenly() {
    int[] nodesAtASecond = new int[300];
    IntStream.range(0, 30_000)
        .mapToObj(number -> new NodeId("node-" + number))
        .forEach(node -> nodesAtASecond[(int) Splay.of(node, SPAN).toSeconds()]++);

    assertThat(IntStream.of(nodesAtASecond).summaryStatistics())
        .satisfies(
            nodes -> {
              assertThat(nodes.getMin()).isGreaterThan(50);
              assertThat(nodes.getMax()).isLessThan(150);
            });
  }
}
