package io.remoterun.operations.health;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Mono;

class HealthTest {
  private static final Duration LONG = Duration.ofSeconds(30);
  private static final Part UP = new Part("up", true, Mono.just(Finding.up()));
  private static final Part DOWN =
      new Part("down", true, Mono.just(Finding.down("seen on purpose")));
  private static final Part DISPENSABLE =
      new Part("dispensable", false, Mono.just(Finding.down("seen on purpose")));

  private static Report readiness(Part... parts) {
    return Objects.requireNonNull(new Health(List.of(parts)).readiness().block(LONG));
  }

  private static Report details(Part... parts) {
    return Objects.requireNonNull(new Health(List.of(parts)).details().block(LONG));
  }

  @Test
  void isUpWhenAllIsThatIsNeeded() {
    assertThat(readiness(UP, DISPENSABLE).isUp()).isTrue();
    assertThat(readiness(UP, DOWN).isUp()).isFalse();
    assertThat(details(UP, DISPENSABLE).isUp()).isTrue();
  }

  @Test
  void saysToStrangersNothingElse() {
    assertThat(new String(readiness(UP, DOWN).brief(), UTF_8)).isEqualTo("{\"status\":\"DOWN\"}");
    assertThat(readiness(UP).httpStatus()).isEqualTo(200);
    assertThat(readiness(DOWN).httpStatus()).isEqualTo(503);
  }

  @Test
  void tellsOfEachPartToWhoMaySeeIt() {
    assertThat(details(UP, DISPENSABLE).details())
        .hasToString(
            "{\"status\":\"UP\",\"components\":{\"up\":{\"status\":\"UP\"},"
                + "\"dispensable\":{\"status\":\"DOWN\",\"details\":\"seen on purpose\"}}}");
  }

  @Test
  void aPartThatFailsOrDoesNotAnswerIsDown() {
    Part broken = new Part("broken", true, Mono.error(new IllegalStateException("on purpose")));
    Part silent = new Part("silent", true, Mono.never());
    Report report =
        new Health(List.of(broken, silent), Duration.ZERO, Duration.ofMillis(20))
            .details()
            .block(LONG);
    assertThat(Objects.requireNonNull(report).parts())
        .containsEntry("broken", Finding.down("on purpose"))
        .containsEntry("silent", Finding.down("no answer in 0 s"));
  }

  @Test
  void doesNotLookAgainForEachWhoAsks() {
    AtomicInteger looks = new AtomicInteger();
    Part counted =
        new Part(
            "counted", true, Mono.fromSupplier(() -> Finding.up("" + looks.incrementAndGet())));
    Health health = new Health(List.of(counted), LONG, LONG);
    for (int i = 0; i < 10; i++) {
      health.readiness().block(LONG);
    }
    assertThat(looks).hasValue(1);
  }
}
