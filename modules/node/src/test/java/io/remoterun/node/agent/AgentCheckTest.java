package io.remoterun.node.agent;

import static org.assertj.core.api.Assertions.assertThat;

import io.remoterun.protocol.cfengine.Readiness;
import io.remoterun.testing.Eventually;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(value = 50, unit = TimeUnit.SECONDS)
class AgentCheckTest {
  private final CountDownLatch begun = new CountDownLatch(1);
  private final CountDownLatch end = new CountDownLatch(1);
  private final AtomicInteger looks = new AtomicInteger();
  private final AgentCheck check = new AgentCheck(new SlowLook(), Path.of("/no/such/file"));

  private final class SlowLook implements AgentLauncher {
    @Override
    public LaunchedAgent launch(LaunchRequest request) {
      throw new AssertionError("it starts nothing");
    }

    @Override
    public Optional<String> hindrance() {
      looks.incrementAndGet();
      begun.countDown();
      try {
        return end.await(Eventually.DEADLINE.toSeconds(), TimeUnit.SECONDS)
            ? Optional.of("no sudo")
            : Optional.of("nobody else was answered");
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return Optional.of("interrupted");
      }
    }
  }

  /** Each holds a thread of those that also see to who may connect. */
  @Test
  void aLookThatTakesLongHoldsUpOnlyWhoTakesIt() throws Exception {
    CompletableFuture<Optional<Readiness>> first = CompletableFuture.supplyAsync(check::hindrance);
    begun.await();

    assertThat(check.hindrance())
        .hasValueSatisfying(
            other -> {
              assertThat(other.state()).isEqualTo(Readiness.State.UNSTARTABLE);
              assertThat(other.words()).contains("is not known", "takes long");
            });
    assertThat(first).isNotDone();
    end.countDown();
    assertThat(first.join()).isEqualTo(check.hindrance()).isPresent();
    assertThat(check.hindrance().orElseThrow().words()).isEqualTo("no sudo");
    assertThat(looks).hasValue(1);
  }

  /** So it is for a peer that leaves before it has been told. */
  @Test
  void aLookThatIsNotWantedToItsEndIsNotKeptForOthers() throws Exception {
    Thread first = Thread.ofPlatform().start(check::hindrance);
    begun.await();
    first.interrupt();
    first.join();
    end.countDown();

    assertThat(check.hindrance().orElseThrow().words()).isEqualTo("no sudo");
  }
}
