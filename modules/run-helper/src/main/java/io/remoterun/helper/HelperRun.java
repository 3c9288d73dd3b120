package io.remoterun.helper;

import static java.util.concurrent.TimeUnit.SECONDS;

import io.remoterun.process.AgentChild;
import io.remoterun.process.AgentEnd;
import io.remoterun.process.AgentEnvironment;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/**
 * The agent while it runs: what it prints goes to the node, or nowhere when that is gone. It ends
 * by itself; or the helper ends, which ends the agent: when the node wants that, when it takes too
 * long, or when somebody ends the helper.
 *
 * @param told becomes true when the node has been told of the end
 */
record HelperRun(
    AgentChild child,
    Asker node,
    HelperSettings settings,
    HelperFolder folder,
    CompletableFuture<Boolean> told) {
  /**
   * How long the end of the output is waited for, when the agent has left a child that holds it.
   */
  private static final Duration DRAIN = Duration.ofSeconds(2);

  /** Helpers whose agent has ended: fewer than systemd's socket lets there be. */
  static final int MOST_LEFT = 4;

  /** What a helper may take when its agent has been ended; then something is stuck. */
  private static final int LAST_WORDS_SECONDS = 10;

  static HelperRun start(
      List<String> command, Asker node, HelperSettings settings, HelperFolder folder) {
    CompletableFuture<Optional<HelperRun>> started = new CompletableFuture<>();
    // Before there is an agent: who ends the helper just now would leave it alone, and its place.
    Runtime.getRuntime()
        .addShutdownHook(new Thread(() -> started.join().ifPresent(HelperRun::endWithHelper)));
    HelperRun run;
    try {
      AgentChild child = AgentChild.start(command, AgentEnvironment.DEFAULT);
      run = new HelperRun(child, node, settings, folder, new CompletableFuture<>());
      started.complete(Optional.of(run));
    } catch (IOException e) {
      throw new Refusal('N', String.valueOf(e.getMessage()));
    } finally {
      started.complete(Optional.empty());
    }
    Thread.ofPlatform().daemon().start(() -> node.onCancel(() -> exitUnless(run.child.hasEnded())));
    CompletableFuture.delayedExecutor(settings.seconds("max-duration").toSeconds(), SECONDS)
        .execute(() -> exitUnless(run.told.isDone()));
    // Only now: who does not read holds this up.
    String grace = " " + settings.value("grace") + " ";
    node.tell('S', run.child.pid() + grace + String.join(" ", command));
    return run;
  }

  /**
   * Frees the place before it tells of the end: whoever has heard of that may want the next run.
   */
  void awaitEnd(FileChannel place) throws IOException, InterruptedException {
    Thread output = Thread.ofPlatform().daemon().start(this::passOn);
    AgentEnd end = child.awaitEnd();
    output.join(DRAIN);
    String left = child.isSomethingLeft() ? " left" : "";
    folder.note("ended: " + end + (left.isEmpty() ? "" : ", but not all that it had started"));
    place.close();
    switch (end) {
      case AgentEnd.Exited(int code) -> node.tell('X', code + left);
      case AgentEnd.Killed(int signal) -> node.tell('K', signal + left);
    }
    told.complete(true);
    if (output.isAlive()) {
      listenToRest(output);
    }
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

  private static void exitUnless(boolean isOver) {
    if (!isOver) {
      System.exit(0);
    }
  }

  private void endWithHelper() {
    child.stop(settings.seconds("grace"));
    if (!told.completeOnTimeout(false, LAST_WORDS_SECONDS, SECONDS).join()) {
      folder.note("gives up: it is not seen to end, or the node does not read what it prints");
      Runtime.getRuntime().halt(1);
    }
  }

  /**
   * A child that the agent has left behind is killed by its next line when there is no reader. But
   * that reader is a process, so there are so many of them only, and each for so long.
   */
  private void listenToRest(Thread output) throws IOException, InterruptedException {
    try (FileChannel _ = folder.place("left behind", MOST_LEFT)) {
      output.join(settings.seconds("drain"));
    } catch (Refusal full) {
      // Told below, as when it has taken too long: the run itself has ended as it should.
    }
    System.err.println("run-helper: what the agent left behind is not listened to any more");
  }
}
