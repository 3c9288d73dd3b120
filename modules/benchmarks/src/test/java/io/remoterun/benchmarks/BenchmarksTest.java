package io.remoterun.benchmarks;

import static io.remoterun.benchmarks.Measured.measured;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import org.junit.jupiter.api.Test;

/** Each measurement at its smallest: that it still runs, and counts what it should. */
class BenchmarksTest {

  @Test
  void aLargeFleetIsAccountedForToTheByte() throws IOException {
    assertThat(measured("scale", "--quick", "--nodes=25"))
        .containsPattern("outcomes +25\n")
        .containsPattern("lines printed / received +5,000 / 5,000\n")
        .containsPattern("bytes not accounted for +0\n")
        .containsPattern("during the run +[0-9]");
  }

  @Test
  void aLongNodeListIsLoadedAndAsked() throws IOException {
    assertThat(measured("nodelist", "--quick"))
        .contains("1,000 entries, 50 relays")
        .containsPattern("way to one node, µs +[0-9.]+\n");
  }

  @Test
  void aProgramIsStartedBothWays() throws IOException {
    assertThat(measured("spawn", "--quick"))
        .containsPattern("AgentChild( +[0-9.]+){4}\n")
        .containsPattern("ProcessBuilder( +[0-9.]+){4}\n");
  }
}
