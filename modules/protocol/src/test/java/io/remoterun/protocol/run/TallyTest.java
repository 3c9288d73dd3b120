package io.remoterun.protocol.run;

import static org.assertj.core.api.Assertions.assertThat;

import io.remoterun.protocol.run.RunFailure.Kind;
import io.remoterun.protocol.run.Tally.State;
import java.util.List;
import org.junit.jupiter.api.Test;

class TallyTest {
  private static final NodeId A = new NodeId("a");
  private static final NodeId B = new NodeId("b");
  private static final NodeId C = new NodeId("c");

  @Test
  void everyNodeIsCountedOnceWhateverIsSeen() {
    Tally tally = new Tally(List.of(A, B, C));
    assertThat(tally.counts()).hasToString("3 nodes: 3 waiting");

    tally.see(new RunEvent.Started(A, "agent"));
    tally.see(new RunEvent.Output(A, OutputBytes.ofUtf8("x\n")));
    tally.see(new RunEvent.Output(B, OutputBytes.ofUtf8("x\n")));
    tally.see(new RunEvent.Heartbeat(C));
    assertThat(tally.counts()).hasToString("3 nodes: 2 running, 1 waiting");
    assertThat(tally.hasEnded()).isFalse();

    tally.see(new RunEvent.Finished(A, ExitStatus.code(0)));
    tally.see(new RunEvent.Finished(B, ExitStatus.code(3)));
    tally.see(failed(C, Kind.UNREACHABLE));
    assertThat(tally.counts()).hasToString("3 nodes: 1 succeeded, 1 agent error, 1 failed");
    assertThat(tally.counts().toFields())
        .isEqualTo("targets=3 succeeded=1 agent-errors=1 failed=1 stopped=0 unconfirmed=0 open=0");
    assertThat(tally.hasEnded()).isTrue();
  }

  @Test
  void theFirstTerminalEventOfANodeCounts() {
    Tally tally = new Tally(List.of(A));
    tally.see(failed(A, Kind.STOPPED));
    tally.see(new RunEvent.Finished(A, ExitStatus.code(0)));
    tally.see(failed(A, Kind.UNCONFIRMED));

    assertThat(tally.counts()).hasToString("1 node: 1 stopped");
    assertThat(tally.nodes().get(A))
        .isEqualTo(new Tally.Standing(State.STOPPED, failed(A, Kind.STOPPED)));
  }

  @Test
  void eventsOfStrangersChangeNothing() {
    Tally tally = new Tally(List.of(A));
    tally.see(new RunEvent.Finished(B, ExitStatus.code(0)));

    assertThat(tally.counts().targets()).isEqualTo(1);
    assertThat(tally.nodes()).containsOnlyKeys(A);
  }

  @Test
  void aRunForNobodyHasEndedAndIsNotWell() {
    Tally tally = new Tally(List.of());
    assertThat(tally.hasEnded()).isTrue();
    assertThat(tally.counts()).hasToString("0 nodes");
    assertThat(tally.counts().areAllWell()).isFalse();
  }

  private static RunEvent failed(NodeId node, Kind kind) {
    return new RunEvent.Failed(node, new RunFailure(kind, "relay root", "as scripted"));
  }
}
