package io.remoterun.webapp.accounts;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class RateLimitTest {
  private Instant now = Instant.EPOCH;
  private final RateLimit limit = new RateLimit(2, () -> now);

  @Test
  void letsSoManyPassInAMinute() {
    assertThat(limit.take("a")).isEmpty();
    now = now.plusSeconds(20);
    assertThat(limit.take("a")).isEmpty();
    assertThat(limit.take("a")).contains(Duration.ofSeconds(40));
    assertThat(limit.take("b")).isEmpty();
    now = now.plusSeconds(40);
    assertThat(limit.take("a")).isEmpty();
  }

  @Test
  void whatDidNotHappenIsGivenBack() {
    limit.take("a");
    limit.take("a");
    limit.giveBack("a");
    assertThat(limit.take("a")).isEmpty();
    assertThat(limit.take("a")).isPresent();
    // Never more than nothing, and not of somebody who has taken nothing.
    limit.giveBack("b");
    limit.giveBack("b");
    assertThat(limit.take("b")).isEmpty();
    assertThat(limit.take("b")).isEmpty();
    assertThat(limit.take("b")).isPresent();
  }

  @Test
  void keepsNoMoreThanSoMany() {
    for (int i = 0; i < 20_000; i++) {
      limit.take("key " + i);
    }
    assertThat(limit.size()).isEqualTo(10_000);
  }
}
