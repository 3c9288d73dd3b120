package io.remoterun.webapp.runs;

import static org.assertj.core.api.Assertions.assertThat;

import io.remoterun.protocol.run.ExitStatus;
import io.remoterun.protocol.run.NodeId;
import io.remoterun.protocol.run.OutputBytes;
import io.remoterun.protocol.run.RunEvent;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class RetoldEventsTest {
  private static final NodeId N1 = new NodeId("n1");
  private static final NodeId N2 = new NodeId("n2");
  private static final RunEvent STARTED = new RunEvent.Started(N1, "agent");
  private static final RunEvent FINISHED = new RunEvent.Finished(N1, ExitStatus.code(0));

  private final RetoldEvents events = new RetoldEvents();

  private static RunEvent output(String text) {
    return new RunEvent.Output(N1, OutputBytes.ofUtf8(text));
  }

  private List<RunEvent> news(RunEvent... told) {
    return List.of(told).stream().map(events::news).flatMap(Optional::stream).toList();
  }

  @Test
  void whereNothingIsKnownAllIsNews() {
    assertThat(news(STARTED, output("a\n"), FINISHED))
        .containsExactly(STARTED, output("a\n"), FINISHED);
  }

  @Test
  void whatIsKnownIsNoNews() {
    events.isKnown(STARTED);
    events.isKnown(output("a\n"));
    assertThat(news(STARTED, output("a\n"), output("b\n"), FINISHED))
        .containsExactly(output("b\n"), FINISHED);
  }

  @Test
  void ofAPieceThatIsKnownInPartTheRestIsNews() {
    events.isKnown(output("abc"));
    assertThat(news(output("ab"), output("cde"))).containsExactly(output("de"));
  }

  @Test
  void ofAGapOnlyWhatIsNotKnownIsNews() {
    events.isKnown(output("abc"));
    assertThat(news(new RunEvent.Gap(N1, 0, 2), new RunEvent.Gap(N1, 2, 8), output("x")))
        .containsExactly(new RunEvent.Gap(N1, 3, 7), output("x"));
  }

  @Test
  void outputThatIsKnownAsAGapStaysOne() {
    events.isKnown(new RunEvent.Gap(N1, 0, 3));
    assertThat(news(output("abcd"))).containsExactly(output("d"));
  }

  @Test
  void ofANodeThatHasEndedNothingIsNews() {
    events.isKnown(FINISHED);
    assertThat(news(STARTED, output("a"), FINISHED)).isEmpty();
    assertThat(events.open(List.of(N1, N2))).containsExactly(N2);
  }
}
