package io.remoterun.benchmarks;

import static io.remoterun.benchmarks.Measured.measured;
import static org.assertj.core.api.Assertions.assertThat;

import io.remoterun.testkit.NeedsProgram;
import java.io.IOException;
import org.junit.jupiter.api.Test;

/** Measurements with the present tool beside ours, at their smallest. */
@NeedsProgram("cf-runagent")
class BesideCfRunagentTest {

  @Test
  void aFleetWithADeadNodeIsMeasuredBesideCfRunagent() throws IOException {
    assertThat(measured("fleet", "--quick"))
        .contains("20 nodes, 1 of them dead")
        .containsPattern("first run after its start.* 19 +\\{UNREACHABLE=1\\}")
        .containsPattern("cf-runagent, 1 nodes")
        .contains("again: ./remote-run benchmark fleet --quick");
  }

  @Test
  void muchOutputIsMeasuredThroughRelaysAndWithASlowClient() throws IOException {
    assertThat(measured("stream", "--quick", "--mib=2"))
        .containsPattern("node -> cf-runagent .* 2\\.10 ")
        .contains("node -> relay -> relay -> client", "client reads 1 KiB/s")
        .containsPattern("root relay +[0-9]");
  }
}
