package io.remoterun.protocol.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.remoterun.protocol.log.MemoryRunLog;
import io.remoterun.protocol.log.RunLog;
import io.remoterun.protocol.run.ExitStatus;
import io.remoterun.protocol.run.NodeId;
import io.remoterun.protocol.run.OutputBytes;
import io.remoterun.protocol.run.RunEvent;
import io.remoterun.protocol.run.RunFailure;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import reactor.test.StepVerifier;

class RunStatusTest {
  private static final NodeId N1 = new NodeId("n1");
  private static final RunEvent STARTED = new RunEvent.Started(N1, "agent");
  private static final RunEvent OUTPUT = new RunEvent.Output(N1, OutputBytes.ofUtf8("x"));
  private static final RunEvent FINISHED = new RunEvent.Finished(N1, ExitStatus.code(1));
  private static final RunEvent FAILED =
      new RunEvent.Failed(N1, new RunFailure(RunFailure.Kind.UNKNOWN_NODE, "relay root", "none"));

  @Test
  void isOfTheFirstThingThatHappens() {
    assertThat(RunStatus.ofStart(log(STARTED, FAILED)).block()).isEqualTo(200);
    assertThat(RunStatus.ofStart(log(OUTPUT, FAILED)).block()).isEqualTo(200);
    assertThat(RunStatus.ofStart(log(FINISHED)).block()).isEqualTo(200);
    assertThat(RunStatus.ofStart(log(FAILED)).block()).isEqualTo(404);
  }

  @Test
  void orOfTheLast() {
    assertThat(RunStatus.ofEnd(log(STARTED, FAILED)).block()).isEqualTo(404);
    assertThat(RunStatus.ofEnd(log(STARTED, OUTPUT, FINISHED)).block()).isEqualTo(200);
  }

  @Test
  void aRunWithoutAnyEventIsADefect() {
    assertThat(RunStatus.ofStart(log()).block()).isEqualTo(500);
  }

  @Test
  void waitsUntilItIsKnown() {
    RunLog log = new MemoryRunLog(1000);
    StepVerifier.create(RunStatus.ofStart(log))
        .then(() -> log.append(STARTED))
        .expectNext(200)
        .expectComplete()
        .verify(Duration.ofSeconds(30));
  }

  private static RunLog log(RunEvent... events) {
    RunLog log = new MemoryRunLog(1000);
    for (RunEvent event : events) {
      log.append(event);
    }
    log.close();
    return log;
  }
}
