package io.remoterun.node.listener;

import static org.assertj.core.api.Assertions.assertThat;

import io.remoterun.node.access.AccessPolicy;
import io.remoterun.testing.Eventually;
import io.remoterun.testkit.CapturedLog;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

class SessionsTest {
  private final CountDownLatch looks = new CountDownLatch(3);

  private AccessPolicy broken() {
    looks.countDown();
    throw new IllegalStateException("the disk is broken");
  }

  @Test
  void aLookThatFailsIsNotTheLast() throws Exception {
    try (CapturedLog log = CapturedLog.of("sessions")) {
      Sessions sessions = new Sessions(this::broken, LoggerFactory.getLogger("sessions"));
      sessions.checkEvery(Duration.ofMillis(1));

      assertThat(looks.await(Eventually.DEADLINE.toMillis(), TimeUnit.MILLISECONDS)).isTrue();
      sessions.stop();
      log.await("ERROR cannot look for the policy server's key", "the disk is broken");
    }
  }
}
