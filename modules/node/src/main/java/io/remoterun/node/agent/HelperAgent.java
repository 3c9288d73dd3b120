package io.remoterun.node.agent;

import io.remoterun.process.AgentEnd;
import io.remoterun.protocol.run.RunFailure.Kind;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** An agent that a helper has started, and tells of. It goes on when this program ends. */
final class HelperAgent implements LaunchedAgent {
  /** Beyond the helper's grace: until it has killed what is left, and has told it. */
  private static final Duration TOLD = Duration.ofSeconds(5);

  private final HelperLine line;
  private final Duration toldWithin;
  private final HelperAnswer.Started started;
  private final CompletableFuture<HelperAnswer.Ended> end = new CompletableFuture<>();
  private ByteBuffer unread = ByteBuffer.allocate(0);

  HelperAgent(HelperLine line, HelperAnswer.Started started) {
    this(line, started, TOLD);
  }

  HelperAgent(HelperLine line, HelperAnswer.Started started, Duration toldWithin) {
    this.line = line;
    this.started = started;
    this.toldWithin = toldWithin;
  }

  @Override
  public String command() {
    return started.command();
  }

  @Override
  public int pid() {
    return started.pid();
  }

  /** By one thread only, until the end: it is this that hears of the agent's end. */
  @Override
  public int read(byte[] buffer) {
    while (!unread.hasRemaining()) {
      if (end.isDone()) {
        return -1;
      }
      next();
    }
    int length = Math.min(buffer.length, unread.remaining());
    unread.get(buffer, 0, length);
    return length;
  }

  private void next() {
    try {
      switch (HelperAnswer.read(line.in())) {
        case HelperAnswer.Output(ByteBuffer bytes) -> unread = bytes;
        case HelperAnswer.Ended told -> end.complete(told);
        case HelperAnswer.Started _,
            HelperAnswer.Refused _,
            HelperAnswer.Busy _,
            HelperAnswer.NotStarted _ ->
            throw new IOException("it does not speak this node's language");
      }
    } catch (IOException e) {
      lost("(" + e + "): " + line.lastWords());
    }
  }

  @Override
  public AgentEnd awaitEnd() throws IOException, InterruptedException {
    try {
      return end.get().end();
    } catch (ExecutionException e) {
      throw e.getCause() instanceof LaunchFailure lost ? lost : new IOException(e.getCause());
    }
  }

  /**
   * The helper has a grace of its own, which is in its settings. To wait for less would be to say
   * that the end is not confirmed where it will be.
   */
  @Override
  public boolean stop(Duration grace) {
    try {
      line.out().write('c');
      line.out().flush();
    } catch (IOException e) {
      // It is gone: whether it has told of the agent's end before is still to be read.
    }
    try {
      Duration longest = started.grace().plus(toldWithin);
      return !end.get(longest.toMillis(), TimeUnit.MILLISECONDS).isSomethingLeft();
    } catch (ExecutionException | TimeoutException e) {
      return false;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  /** Its policy may be what restarts this program. */
  @Override
  public void endWithNode(Duration grace) {
    String reason = "the node is stopping, and the agent goes on: its helper sees to its end";
    end.completeExceptionally(new LaunchFailure(Kind.INTERRUPTED, reason));
    try {
      close();
    } catch (IOException e) {
      // Then it is closed when this program has ended.
    }
  }

  private void lost(String why) {
    String reason = "the helper was lost while the agent was running, which may go on " + why;
    end.completeExceptionally(new LaunchFailure(Kind.INTERRUPTED, reason));
  }

  @Override
  public void close() throws IOException {
    // Nobody else would hear of the end: whoever awaits it would do so for ever.
    lost("(nothing reads what it says any more)");
    line.close();
  }
}
