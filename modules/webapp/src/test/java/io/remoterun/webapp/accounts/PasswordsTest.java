package io.remoterun.webapp.accounts;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

@Timeout(60)
@NullUnmarked
class PasswordsTest {
  private static final Duration SOON = Duration.ofSeconds(50);

  @Test
  void whenTooManyWaitTheOthersAreToldSo() {
    try (Passwords passwords = new Passwords(1, 1)) {
      List<Object> outcomes =
          Flux.range(0, 20)
              .flatMap(
                  i ->
                      passwords
                          .matches("a guess of somebody", Mono.empty())
                          .cast(Object.class)
                          .onErrorResume(error -> Mono.just(error.getClass())),
                  20)
              .collectList()
              .block(SOON);
      assertThat(outcomes).hasSize(20).contains(false, Busy.class).containsOnly(false, Busy.class);
      assertThat(passwords.hash("long enough for it").block(SOON)).startsWith("$argon2id$");
    }
  }
}
