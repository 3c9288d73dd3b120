package io.remoterun.node.agent;

import static org.assertj.core.api.Assertions.assertThat;

import io.remoterun.protocol.run.ExitStatus;
import io.remoterun.protocol.run.NodeId;
import io.remoterun.protocol.run.RunEvent;
import io.remoterun.protocol.run.RunId;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class RunBookTest {
  private final RunBook book = new RunBook();

  @Test
  void keepsSoManyThatAreOverTheNewestFirst() {
    for (int run = 0; run < RunBook.MOST_ENDED + 5; run++) {
      ends("agent", run);
    }
    assertThat(book.ended()).hasSize(RunBook.MOST_ENDED);
    assertThat(book.ended()).extracting(RunBook.Ended::end).first().isEqualTo("exit status 24");
    assertThat(book.ended()).extracting(RunBook.Ended::end).last().isEqualTo("exit status 5");
  }

  /** Otherwise nobody would hear that the agent has failed which runs each hour. */
  @Test
  void keepsTheLastOfAJobHoweverOftenAnotherOneRuns() {
    ends("agent", 1);
    ends("agent", 2);
    for (int run = 0; run < 3 * RunBook.MOST_ENDED; run++) {
      ends("each-minute", 0);
    }
    assertThat(book.ended()).hasSize(RunBook.MOST_ENDED);
    assertThat(book.ended())
        .filteredOn(it -> it.run().job().equals("agent"))
        .extracting(RunBook.Ended::end)
        .containsExactly("exit status 2");
  }

  @Test
  void keepsTheNewestWhereThereAreMoreJobs() {
    for (int job = 0; job < RunBook.MOST_ENDED + 5; job++) {
      ends("job" + job, 0);
    }
    assertThat(book.ended()).extracting(it -> it.run().job()).hasSize(20).last().isEqualTo("job5");
  }

  private void ends(String job, int code) {
    RunId id = RunId.random();
    Wish wish = Wish.scheduled(job, List.of(), Duration.ofMinutes(1));
    book.begins(id, wish);
    RunEvent last = new RunEvent.Finished(new NodeId("n1"), ExitStatus.code(code));
    book.ends(id, Duration.ZERO, last);
  }
}
