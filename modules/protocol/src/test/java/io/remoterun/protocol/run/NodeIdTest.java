package io.remoterun.protocol.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class NodeIdTest {

  @ParameterizedTest
  @ValueSource(strings = {"root", "c745a140-40bc-4b86-b6dc-084488fc906b", "node1.example", "a_b"})
  void takesRudderIds(String text) {
    assertThat(new NodeId(text)).hasToString(text);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", ".", "..", "-D", "../etc", "a/b", "a b", "a\n", "a%2f", "a,b", "é"})
  void refusesWhatCouldBeAPathOrAnOption(String text) {
    assertThatThrownBy(() -> new NodeId(text))
        .isInstanceOf(BadRequest.class)
        .hasMessageStartingWith("invalid node id: ");
  }
}
