package io.remoterun.webapp.api;

import static org.assertj.core.api.Assertions.assertThat;

import io.remoterun.protocol.run.NodeId;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class NodesInWordsTest {
  /** As of: printf '%s\n' n1 root | LC_ALL=C sort | sha256sum. */
  private static final String BOTH =
      "b693d24764bcbf2267bf987f66b5cc26f263ad2c4b030825c294112488d7a891";

  @Test
  void theHashIsThatOfTheSortedIdsHoweverTheyWereGiven() {
    assertThat(NodesInWords.of(nodes("root", "n1", "root"), 100))
        .isEqualTo("2 nodes with SHA-256 " + BOTH + ": n1 root");
  }

  @Test
  void whatThereIsNoRoomForIsCountedAndNoIdIsCut() {
    assertThat(NodesInWords.of(nodes("root", "n1"), 4))
        .isEqualTo("2 nodes with SHA-256 " + BOTH + ": n1 and 1 more");
    List<NodeId> many =
        IntStream.range(1000, 11_000).mapToObj(i -> new NodeId("node" + i)).toList();
    assertThat(NodesInWords.of(many, 2000))
        .startsWith("10000 nodes with SHA-256 ")
        .hasSizeLessThan(2150)
        .matches("1\\d* nodes with SHA-256 [0-9a-f]{64}:( node\\d{4,5})+ and \\d+ more");
  }

  private static List<NodeId> nodes(String... ids) {
    return List.of(ids).stream().map(NodeId::new).toList();
  }
}
