package io.remoterun.protocol.log;

import static org.assertj.core.api.Assertions.assertThat;

import io.remoterun.protocol.run.ExitStatus;
import io.remoterun.protocol.run.NodeId;
import io.remoterun.protocol.run.OutputBytes;
import io.remoterun.protocol.run.RunEvent;
import org.junit.jupiter.api.Test;

class SeenTest {
  private static final NodeId N1 = new NodeId("n1");
  private static final NodeId N2 = new NodeId("n2");

  private final Seen seen = new Seen();

  @Test
  void outputIsAlwaysNewAndCounted() {
    RunEvent output = new RunEvent.Output(N1, OutputBytes.ofUtf8("12345"));
    assertThat(seen.unseen(output)).isSameAs(output);
    assertThat(seen.unseen(output)).isSameAs(output);
    assertThat(seen.of(N1)).isEqualTo(10);
    assertThat(seen.of(N2)).isZero();
  }

  @Test
  void ofAGapOnlyWhatWasNotSeenIsNew() {
    seen.unseen(new RunEvent.Output(N1, OutputBytes.ofUtf8("12345")));
    assertThat(seen.unseen(gap(N1, 0, 5))).isNull();
    assertThat(seen.unseen(gap(N1, 1, 2))).isNull();
    assertThat(seen.unseen(gap(N1, 2, 10))).isEqualTo(gap(N1, 5, 7));
    assertThat(seen.unseen(gap(N1, 2, 10))).isNull();
    assertThat(seen.unseen(gap(N1, 12, 3))).isEqualTo(gap(N1, 12, 3));
    assertThat(seen.unseen(gap(N2, 0, 1))).isEqualTo(gap(N2, 0, 1));
    assertThat(seen.of(N1)).isEqualTo(15);
  }

  @Test
  void whatNobodyToldOfIsMissingToo() {
    assertThat(seen.unseen(gap(N1, 5, 2))).isEqualTo(gap(N1, 0, 7));
  }

  @Test
  void whoBeginsInTheMiddleMissesNothingBefore() {
    seen.skipTo(N1, 5);
    seen.skipTo(N1, 3);
    assertThat(seen.unseen(gap(N1, 5, 2))).isEqualTo(gap(N1, 5, 2));
  }

  @Test
  void allElseIsNew() {
    RunEvent end = new RunEvent.Finished(N1, ExitStatus.code(0));
    assertThat(seen.unseen(end)).isSameAs(end);
    assertThat(seen.unseen(end)).isSameAs(end);
  }

  private static RunEvent gap(NodeId node, long from, long bytes) {
    return new RunEvent.Gap(node, from, bytes);
  }
}
