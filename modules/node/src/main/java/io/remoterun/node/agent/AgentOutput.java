package io.remoterun.node.agent;

import io.remoterun.protocol.log.RunLog;
import io.remoterun.protocol.run.NodeId;
import io.remoterun.protocol.run.Printable;
import io.remoterun.protocol.run.RunEvent;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What the log of a run gets to hear of its agent: what was started, each line, and how it ended,
 * which closes the log. It always reads on, however slow those are that read the log, so that
 * nobody can stop the agent by not listening. Thread-safe.
 */
final class AgentOutput {
  private static final Logger logger = LoggerFactory.getLogger(AgentOutput.class);

  /** Of a pipe. */
  private static final int CAPACITY = 64 * 1024;

  private final NodeId node;
  private final RunLog log;
  private final LineSplitter splitter;
  private final CountDownLatch over = new CountDownLatch(1);

  AgentOutput(NodeId node, RunLog log) {
    this.node = node;
    this.log = log;
    this.splitter = new LineSplitter(line -> log.append(new RunEvent.Output(node, line)));
  }

  /**
   * Reads on a platform thread of its own, because a read of a pipe that blocks holds a carrier of
   * the virtual threads, and closes the agent at the end of its output. What is printed after
   * {@link #end} is dropped.
   */
  Thread readFrom(LaunchedAgent agent) {
    log.append(new RunEvent.Started(node, agent.command()));
    return Thread.ofPlatform()
        .name("output of agent " + agent.pid())
        .daemon()
        .start(() -> read(agent));
  }

  private void read(LaunchedAgent agent) {
    byte[] buffer = new byte[CAPACITY];
    try (agent) {
      for (int length = agent.read(buffer); length >= 0; length = agent.read(buffer)) {
        add(buffer, length);
      }
    } catch (IOException e) {
      logger.warn("the output of agent {} is lost: {}", agent.pid(), Printable.of(e.toString()));
    } catch (RuntimeException | Error e) {
      logger.error("the output of agent {} is lost", agent.pid(), e);
    }
  }

  private synchronized void add(byte[] buffer, int length) {
    if (!isOver()) {
      splitter.add(buffer, length);
    }
  }

  /** The last word: the log has nothing after it. */
  synchronized void end(RunEvent last) {
    try {
      splitter.flush();
      log.append(last);
    } finally {
      log.close();
      over.countDown();
    }
  }

  /** Whether {@link #end} was called. */
  boolean isOver() {
    return over.getCount() == 0;
  }

  /** Whether it is called before that time has passed, or this thread is interrupted. */
  boolean isOverWithin(Duration patience) {
    try {
      return over.await(patience.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }
}
