package io.remoterun.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

class CapturedLogTest {
  private static final Logger LOG = LoggerFactory.getLogger("test.captured.node");

  @Test
  void hasWhatIsSaidMeanwhile() {
    LOG.info("before");
    try (CapturedLog log = CapturedLog.of("test.captured")) {
      LOG.debug("refused {}", "n1");
      LOG.warn("broken", new IllegalStateException("why"));

      assertThat(log.lines())
          .containsExactly("DEBUG refused n1", "WARN broken java.lang.IllegalStateException: why");
    }
  }

  @Test
  void waitsForALine() {
    try (CapturedLog log = CapturedLog.of("test.captured")) {
      Thread.ofVirtual().start(() -> LOG.info("peer {} key {}", 1, 2));

      assertThat(log.await("peer 1", "key 2")).isEqualTo("INFO peer 1 key 2");
    }
  }
}
