package io.remoterun.node.status;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.json.JsonMapper;

class StatusJsonTest {
  private static final NodeStatus WAITING =
      new NodeStatus(
          "\"n\\1\"\n\u0001é€😀",
          "0.1.0",
          Statuses.NOW,
          Statuses.NOW.plusMillis(5),
          null,
          0,
          List.of(),
          List.of(Statuses.FIRST, Statuses.scheduled("inventory", 1)),
          List.of(),
          new NodeStatus.Schedule(false, List.of(), List.of()));

  private static Stream<NodeStatus> statuses() {
    return Stream.of(Statuses.WELL, Statuses.NOT_WELL, WAITING);
  }

  /** So nothing that is added to a status is left out. */
  @ParameterizedTest
  @MethodSource("statuses")
  void isWhatJacksonsMapperMakesOfTheRecords(NodeStatus status) {
    assertThat(StatusJson.of(status))
        .isEqualTo(
            JsonMapper.builder()
                .build()
                .writerWithDefaultPrettyPrinter()
                .writeValueAsString(status));
  }

  @Test
  void ofANodeThatIsOlderTheRestIsTaken() {
    String older = StatusJson.of(Statuses.NOT_WELL).replace("\"agent\" : true,", "");

    assertThat(StatusClient.JSON.readValue(older, NodeStatus.class).last())
        .singleElement()
        .matches(run -> run.failed() && !run.agent());
  }
}
