package io.remoterun.helper;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
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
  private final HelperFolder folder;
  private final Duration grace;
  private final Thread output;
  private final CompletableFuture<Void> told = new CompletableFuture<>();

  HelperRun(List<String> command, Conversation node, HelperSettings settings, HelperFolder folder)
      throws Refusal {
    this.node = node;
    this.folder = folder;
    this.grace = settings.seconds("grace");
    try {
      this.child = AgentChild.start(command, AgentEnvironment.DEFAULT);
    } catch (IOException e) {
      throw new Refusal('N', String.valueOf(e.getMessage()));
    }
    node.tell('S', child.pid() + " " + String.join(" ", command));
    this.output = daemon(this::passOn);
    daemon(() -> node.onCancel(this::stop));
    Duration most = settings.seconds("max-duration");
    var _ = CompletableFuture.runAsync(this::stop, after(most));
    var _ = CompletableFuture.runAsync(this::giveUp, after(most.plus(grace).plus(LAST_WORDS)));
    Runtime.getRuntime().addShutdownHook(new Thread(this::endWithHelper));
  }

  private static Thread daemon(Runnable does) {
    return Thread.ofPlatform().daemon().start(does);
  }

  private static Executor after(Duration time) {
    return CompletableFuture.delayedExecutor(time.toSeconds(), TimeUnit.SECONDS);
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

  /**
   * Frees its place before it tells of the end: whoever has heard of that may want the next run.
   */
  void awaitEnd(FileChannel place) throws IOException, InterruptedException {
    AgentEnd end = child.awaitEnd();
    output.join(DRAIN);
    folder.note("ended: " + end);
    place.close();
    switch (end) {
      case AgentEnd.Exited(int code) -> node.tell('X', String.valueOf(code));
      case AgentEnd.Killed(int signal) -> node.tell('K', String.valueOf(signal));
    }
    told.complete(null);
  }

  /**
   * A child that the agent has left behind is killed by its next line when there is no reader. But
   * that reader is a process, so there are so many of them only, and each for so long.
   */
  void drainRest(Duration most) throws IOException, InterruptedException {
    try {
      if (output.isAlive()) {
        folder.place("left behind", MOST_LEFT);
        output.join(most);
      }
    } catch (Refusal full) {
      // It is told below, as when it has taken too long: the run itself has ended as it should.
    }
    if (output.isAlive()) {
      System.err.println("run-helper: what the agent left behind is not listened to any more");
    }
  }

  private void stop() {
    child.stop(grace);
  }

  private void giveUp() {
    if (!told.isDone()) {
      folder.note("gives up: it is not seen to end, or the node does not read what it prints");
      Runtime.getRuntime().halt(1);
    }
  }

  private void endWithHelper() {
    stop();
    told.completeOnTimeout(null, DRAIN.toSeconds() + 1, TimeUnit.SECONDS).join();
  }
}
