package io.remoterun.node.agent;

import io.remoterun.process.AgentChild;
import io.remoterun.protocol.run.Printable;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The outputs of agents that have ended, which are read on as long as something that they have left
 * behind holds them open: without a reader a daemon's next line would kill it. Each costs a thread
 * and a descriptor, so only the newest are. Thread-safe.
 */
final class LeftOutputs {
  private static final Logger logger = LoggerFactory.getLogger(LeftOutputs.class);

  private final int most;
  private final Deque<AgentChild> newestLast = new ArrayDeque<>();

  LeftOutputs(int most) {
    this.most = most;
  }

  synchronized void add(AgentChild child) {
    if (child.isOpen()) {
      newestLast.add(child);
    }
    if (newestLast.size() > most) {
      giveUp(newestLast.remove());
    }
  }

  /** After it was closed. */
  synchronized void remove(AgentChild child) {
    newestLast.remove(child);
  }

  private static void giveUp(AgentChild child) {
    logger.warn(
        "what agent {} left behind is not listened to any more: it should have closed its output",
        child.pid());
    try {
      child.close();
    } catch (IOException e) {
      logger.warn("the output of agent {}: {}", child.pid(), Printable.of(e.toString()));
    }
  }
}
