package io.remoterun.node.listener;

import static org.assertj.core.api.Assertions.assertThat;

import io.remoterun.testkit.CapturedLog;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

class BoundedLogTest {
  private static final String NAME = "strangers";

  private final CapturedLog lines = CapturedLog.of(NAME);

  @AfterEach
  void stop() {
    lines.close();
  }

  @Test
  void tellsTheFirstOfAnAddressAndCountsTheOthers() {
    try (BoundedLog log = log(Duration.ofMinutes(1))) {
      for (int port = 1; port <= 100; port++) {
        refuse(log, 1, port, "no TLS");
      }
      refuse(log, 2, 1, "no key");
      assertThat(lines.lines())
          .containsExactly(
              "WARN refused 10.0.0.1:1: no TLS",
              "WARN refused 10.0.0.1:2: no TLS",
              "WARN refused 10.0.0.1:3: no TLS",
              "WARN refused 10.0.0.2:1: no key");
    }
    assertThat(lines.lines()).endsWith("WARN refused 97 more in 60.0 s: 97 of 10.0.0.1");
  }

  @Test
  void tellsSoManyInAllAndEveryoneIsCounted() {
    try (BoundedLog log = log(Duration.ofMinutes(1))) {
      for (int host = 0; host < 5000; host++) {
        refuse(log, host, 1, "no TLS");
      }
      assertThat(lines.lines()).hasSize(BoundedLog.STRANGERS.ofAll());
    }
    assertThat(lines.lines().getLast())
        .startsWith("WARN refused 4970 more in 60.0 s: 4000 of others, 1 of 10.0.")
        .endsWith(", and of 966 more");
  }

  @Test
  void beginsAnewAfterAWhile() {
    try (BoundedLog log = log(Duration.ofMillis(500))) {
      for (int port = 1; port <= 10; port++) {
        refuse(log, 1, port, "no TLS");
      }
      lines.await("WARN refused 7 more in 0.5 s: 7 of 10.0.0.1");
      refuse(log, 1, 99, "no TLS");
      assertThat(lines.lines()).endsWith("WARN refused 10.0.0.1:99: no TLS");
    }
    assertThat(lines.lines()).hasSize(5);
  }

  private static BoundedLog log(Duration time) {
    return new BoundedLog(LoggerFactory.getLogger(NAME), time, BoundedLog.STRANGERS);
  }

  private static void refuse(BoundedLog log, int host, int port, String reason) {
    String address = "10.0." + host / 256 + "." + host % 256;
    log.say(address, "refused " + address + ":" + port + ": " + reason);
  }
}
