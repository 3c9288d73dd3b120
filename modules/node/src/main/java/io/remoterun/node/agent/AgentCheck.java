package io.remoterun.node.agent;

import io.remoterun.protocol.cfengine.Readiness;
import io.remoterun.protocol.cfengine.Readiness.State;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Whether there is an agent to be started at all, whatever runs now. Thread-safe; may block: one
 * who asks for as long as the launcher takes to look, others who ask meanwhile for a second.
 */
final class AgentCheck {
  /** Sudo is another process: strangers to the fleet's load do not start one a request. */
  private static final Duration KEPT = Duration.ofSeconds(1);

  /** For the look of somebody else: a slow one must not take all threads that there are. */
  private static final Duration PATIENCE = Duration.ofSeconds(1);

  private final AgentLauncher launcher;
  private final Path disableFile;
  private final ReentrantLock looking = new ReentrantLock();
  private Optional<String> seen = Optional.empty();
  private long seenAt;
  private boolean hasLooked;

  /**
   * @param disableFile while there is one of that name no agent is started
   */
  AgentCheck(AgentLauncher launcher, Path disableFile) {
    this.launcher = launcher;
    this.disableFile = disableFile;
  }

  /** Why somebody does not want the agent to run, if so. */
  Optional<String> disabled() {
    return Files.exists(disableFile)
        ? Optional.of("the agent is disabled: there is " + disableFile)
        : Optional.empty();
  }

  /** Why none could be started, if so. */
  Optional<Readiness> hindrance() {
    return disabled()
        .map(reason -> new Readiness(State.DISABLED, reason))
        .or(() -> unstartable().map(reason -> new Readiness(State.UNSTARTABLE, reason)));
  }

  private Optional<String> unstartable() {
    try {
      if (!looking.tryLock(PATIENCE.toMillis(), TimeUnit.MILLISECONDS)) {
        return Optional.of("whether an agent can be started is not known: that look takes long");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return Optional.of("whether an agent can be started is not known: interrupted");
    }
    try {
      return seenOfLate();
    } finally {
      looking.unlock();
    }
  }

  private Optional<String> seenOfLate() {
    if (!hasLooked || System.nanoTime() - seenAt > KEPT.toNanos()) {
      seen = launcher.hindrance();
      seenAt = System.nanoTime();
      // Who asked has left, and sudo was not waited for: that is no answer for others.
      hasLooked = !Thread.currentThread().isInterrupted();
    }
    return seen;
  }
}
