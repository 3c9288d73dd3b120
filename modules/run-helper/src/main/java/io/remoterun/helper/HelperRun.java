package io.remoterun.helper;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * The agent while it runs: what it prints goes to the node, or nowhere when that is gone. It ends
 * by itself; or it is ended when the node wants that, when it takes too long, or when the helper is
 * ended.
 */
final class HelperRun {
  /**
   * How long the end of the output is waited for, when the agent has left a child that holds it.
   */
  private static final Duration DRAIN = Duration.ofSeconds(2);

  /** Helpers whose agent has ended: fewer than systemd's socket lets there be. */
  static final int MOST_LEFT = 4;

  /** What a helper may take when its agent has been ended; then something is stuck. */
  private static final Duration LAST_WORDS = Duration.ofSeconds(10);

  private final AgentChild child;
  private final Conversation node;
  private final HelperSettings settings;
  private final Audit audit;
  private final Thread output;
  private final CountDownLatch isWritten = new CountDownLatch(1);
  private final CountDownLatch isTold = new CountDownLatch(1);

  /** The audit log, where each run has a line at its beginning and one at its end. */
  interface Audit {
    void write(String words) throws IOException;
  }

  private HelperRun(AgentChild child, Conversation node, HelperSettings settings, Audit audit) {
    this.child = child;
    this.node = node;
    this.settings = settings;
    this.audit = audit;
    this.output = Thread.ofPlatform().daemon().name("output").start(this::passOn);
  }

  static HelperRun start(
      List<String> command, Conversation node, HelperSettings settings, Audit audit)
      throws IOException {
    AgentChild child = AgentChild.start(command, AgentEnvironment.DEFAULT);
    node.tell('S', child.pid() + " " + String.join(" ", command));
    HelperRun run = new HelperRun(child, node, settings, audit);
    Thread.ofPlatform().daemon().name("deadline").start(run::endLate);
    Runtime.getRuntime().addShutdownHook(new Thread(run::endWithHelper));
    node.onCancel(run::stop);
    return run;
  }

  private void passOn() {
    byte[] buffer = new byte[8192];
    try {
      for (int length = child.read(buffer); length >= 0; length = child.read(buffer)) {
        node.tell('O', ByteBuffer.wrap(buffer, 0, length));
      }
    } catch (IOException e) {
      System.err.println("run-helper: the agent's output is lost: " + e);
    }
  }

  AgentEnd awaitEnd() throws IOException, InterruptedException {
    AgentEnd end = child.awaitEnd();
    output.join(DRAIN);
    audit.write("ended: " + end);
    isWritten.countDown();
    return end;
  }

  void tell(AgentEnd end) {
    switch (end) {
      case AgentEnd.Exited(int code) -> node.tell('X', String.valueOf(code));
      case AgentEnd.Killed(int signal) -> node.tell('K', String.valueOf(signal));
    }
    isTold.countDown();
  }

  /**
   * A child that the agent has left behind is killed by its next line when there is no reader. But
   * that reader is a process, so there are so many of them only, and each for so long.
   */
  void drainRest() throws IOException, InterruptedException {
    if (!output.isAlive()) {
      return;
    }
    Optional<FileChannel> place = new HelperFolder(settings.folder()).place("left", MOST_LEFT);
    if (place.isEmpty() || !output.join(settings.drain())) {
      System.err.println("run-helper: what the agent left behind is not listened to any more");
    }
  }

  private void stop() {
    child.stop(settings.grace());
  }

  private void endLate() {
    try {
      if (isTold.await(settings.maxDuration().toSeconds(), TimeUnit.SECONDS)) {
        return;
      }
      stop();
      if (isTold.await(LAST_WORDS.toSeconds(), TimeUnit.SECONDS)) {
        return;
      }
      if (isWritten.getCount() > 0) {
        audit.write("not seen to end: the helper gives up");
      }
    } catch (IOException | InterruptedException e) {
      System.err.println("run-helper: " + e);
    }
    Runtime.getRuntime().halt(1);
  }

  private void endWithHelper() {
    stop();
    try {
      var _ = isTold.await(DRAIN.toSeconds() + 1, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
