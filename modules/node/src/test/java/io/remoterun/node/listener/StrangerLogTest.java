package io.remoterun.node.listener;

import static org.assertj.core.api.Assertions.assertThat;

import io.remoterun.testkit.CapturedLog;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

class StrangerLogTest {
  private static final String NAME = "strangers";

  private final CapturedLog lines = CapturedLog.of(NAME);

  @AfterEach
  void stop() {
    lines.close();
  }

  @Test
  void tellsTheFirstOfAnAddressAndCountsTheOthers() {
    try (StrangerLog log = log(Duration.ofMinutes(1))) {
      for (int port = 1; port <= 100; port++) {
        log.refused(peer(1, port), "no TLS");
      }
      log.refused(peer(2, 1), "no key");
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
    try (StrangerLog log = log(Duration.ofMinutes(1))) {
      for (int host = 0; host < 5000; host++) {
        log.refused(peer(host, 1), "no TLS");
      }
      assertThat(lines.lines()).hasSize(StrangerLog.LINES);
    }
    assertThat(lines.lines().getLast())
        .startsWith("WARN refused 4970 more in 60.0 s: 4000 of others, 1 of 10.0.")
        .endsWith(", and of 966 more addresses");
  }

  @Test
  void beginsAnewAfterAWhile() {
    try (StrangerLog log = log(Duration.ofMillis(50))) {
      for (int port = 1; port <= 10; port++) {
        log.refused(peer(1, port), "no TLS");
      }
      lines.await("WARN refused 7 more in 0.05 s: 7 of 10.0.0.1");
      log.refused(peer(1, 99), "no TLS");
      assertThat(lines.lines()).endsWith("WARN refused 10.0.0.1:99: no TLS");
    }
    assertThat(lines.lines()).hasSize(5);
  }

  private static StrangerLog log(Duration time) {
    return new StrangerLog(LoggerFactory.getLogger(NAME), time);
  }

  private static InetSocketAddress peer(int host, int port) {
    String address = "10.0." + host / 256 + "." + host % 256;
    return new InetSocketAddress(InetAddress.ofLiteral(address), port);
  }
}
