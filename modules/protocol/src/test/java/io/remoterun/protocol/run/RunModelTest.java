package io.remoterun.protocol.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RunModelTest {
  private static final NodeId NODE = new NodeId("n1");

  @Test
  void aTargetNamesEachNodeOnceInTheOrderGiven() {
    NodeId other = new NodeId("n2");

    assertThat(new RunTarget.Nodes(List.of(other, NODE, other)).ids()).containsExactly(other, NODE);
  }

  @Test
  void aTargetWithoutNodesIsRefusedInTheWordsOfRelayd() {
    assertThatThrownBy(() -> new RunTarget.Nodes(List.of())).hasMessage("Missing nodes");
  }

  @Test
  void onlyFinishedAndFailedAreTerminal() {
    RunFailure failure = new RunFailure(RunFailure.Kind.UNREACHABLE, "relay root", "no answer");

    assertThat(new RunEvent.Finished(NODE, ExitStatus.code(3)).isTerminal()).isTrue();
    assertThat(new RunEvent.Failed(NODE, failure).isTerminal()).isTrue();
    assertThat(new RunEvent.Started(NODE, "agent").isTerminal()).isFalse();
    assertThat(new RunEvent.Output(NODE, OutputBytes.ofUtf8("x\n")).isTerminal()).isFalse();
    assertThat(new RunEvent.Heartbeat(NODE).isTerminal()).isFalse();
    assertThat(new RunEvent.Gap(NODE, 0, 1).isTerminal()).isFalse();
  }

  @Test
  void aFailureSaysHopReasonAndWhatToDo() {
    RunFailure failure =
        new RunFailure(RunFailure.Kind.UNKNOWN_NODE, "relay root", "no node has the id n1");

    assertThat(failure.toString())
        .isEqualTo(
            "relay root: no node has the id n1"
                + " (check the id; the relay may need a reload of its node list)");
  }

  @Test
  void anUnreportedExitStatusIsNotCalledAFailure() {
    assertThat(ExitStatus.code(0).isFailure()).isFalse();
    assertThat(ExitStatus.code(1).isFailure()).isTrue();
    assertThat(new ExitStatus.Killed().isFailure()).isTrue();
    assertThat(new ExitStatus.Killed(9)).hasToString("killed by signal 9 (KILL)");
    assertThat(new ExitStatus.Killed(64)).hasToString("killed by signal 64");
    assertThat(new ExitStatus.NotReported().isFailure()).isFalse();
  }

  @Test
  void outputBytesCannotBeChangedFromOutside() {
    byte[] bytes = {'a', 0, (byte) 0xff, '\n'};
    OutputBytes output = OutputBytes.copyOf(bytes);
    bytes[0] = 'b';
    output.toByteArray()[1] = 'c';

    assertThat(output.toByteArray()).containsExactly('a', 0, 0xff, '\n');
    assertThat(output.endsLine()).isTrue();
    assertThat(output).isEqualTo(OutputBytes.copyOf(new byte[] {'a', 0, (byte) 0xff, '\n'}));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "1-1-1-1-1", "not a uuid", "c745a140-40bc-4b86-b6dc-084488fc906b\n"})
  void aRunIdIsAUuidInItsOneForm(String text) {
    assertThatThrownBy(() -> RunId.parse(text))
        .isInstanceOf(BadRequest.class)
        .hasMessageEndingWith("should be a UUID");
  }

  @Test
  void aRunIdIsReadInEitherCase() {
    assertThat(RunId.parse("C745A140-40BC-4B86-B6DC-084488FC906B"))
        .hasToString("c745a140-40bc-4b86-b6dc-084488fc906b");
  }
}
