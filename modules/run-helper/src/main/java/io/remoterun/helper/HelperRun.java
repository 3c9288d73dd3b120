package io.remoterun.helper;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
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

  /** What a helper may take when its agent has been ended, and nobody listens to it any more. */
  private static final Duration LAST_WORDS = Duration.ofSeconds(30);

  private final AgentChild child;
  private final Conversation node;
  private final HelperSettings settings;
  private final Thread output;
  private final CountDownLatch isTold = new CountDownLatch(1);

  private HelperRun(AgentChild child, Conversation node, HelperSettings settings) {
    this.child = child;
    this.node = node;
    this.settings = settings;
    this.output = Thread.ofPlatform().daemon().name("output").start(this::passOn);
  }

  static HelperRun start(List<String> command, Conversation node, HelperSettings settings)
      throws IOException {
    AgentChild child = AgentChild.start(command, AgentEnvironment.DEFAULT);
    node.tell(new HelperAnswer.Started(child.pid(), String.join(" ", command)));
    HelperRun run = new HelperRun(child, node, settings);
    Thread.ofPlatform().daemon().name("deadline").start(run::endLate);
    Runtime.getRuntime().addShutdownHook(new Thread(run::endWithHelper));
    node.onCancel(run::stop);
    return run;
  }

  private void passOn() {
    byte[] buffer = new byte[8192];
    try {
      for (int length = child.read(buffer); length >= 0; length = child.read(buffer)) {
        node.tell(new HelperAnswer.Output(ByteBuffer.wrap(buffer, 0, length)));
      }
    } catch (IOException e) {
      System.err.println("run-helper: the agent's output is lost: " + e);
    }
  }

  AgentEnd awaitEnd() throws IOException, InterruptedException {
    AgentEnd end = child.awaitEnd();
    output.join(DRAIN);
    return end;
  }

  void tell(AgentEnd end) {
    node.tell(new HelperAnswer.Ended(end));
    isTold.countDown();
  }

  /** A child that the agent has left behind would be killed by its next line without a reader. */
  void drainRest() throws InterruptedException {
    output.join();
  }

  private void stop() {
    child.stop(settings.grace());
  }

  private void endLate() {
    try {
      Thread.sleep(settings.maxDuration());
      stop();
      Thread.sleep(LAST_WORDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
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
