package io.remoterun.node.agent;

import io.remoterun.process.AgentEnd;
import io.remoterun.protocol.log.RunLog;
import io.remoterun.protocol.run.ExitStatus;
import io.remoterun.protocol.run.NodeId;
import io.remoterun.protocol.run.Printable;
import io.remoterun.protocol.run.RunEvent;
import io.remoterun.protocol.run.RunFailure;
import io.remoterun.protocol.run.RunFailure.Kind;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One run of the agent: starts it, has its {@link AgentOutput} written into the log, and says how
 * the run has ended. It can be stopped at any time, also before it has begun. Thread-safe.
 *
 * <p>The run ends when the agent has ended and its output is read, at most {@code drain} after its
 * end: a child that it left behind, such as a daemon that it has restarted, may hold the pipe open
 * for ever. What such a child prints is read and dropped, because without a reader its next line
 * would kill it; {@link LeftOutputs} has a bound for that.
 */
final class AgentProcess {
  private static final Logger logger = LoggerFactory.getLogger(AgentProcess.class);

  private final NodeId node;
  private final AgentLauncher launcher;
  private final LaunchRequest request;
  private final AgentOutput output;
  private final Duration drain;

  private final Object lock = new Object();
  private @Nullable LaunchedAgent agent;
  private boolean isUnwanted;

  /** It became unwanted while it was being started. */
  private boolean isLate;

  private boolean hasEnded;
  private boolean isSomethingLeft;
  private @Nullable Stop stop;

  /**
   * That the run was not wanted any more.
   *
   * @param why goes on from "the agent was stopped"; may be empty
   * @param done when nothing of the agent is left, or it is known that something is
   */
  private record Stop(String why, CountDownLatch done) {}

  AgentProcess(
      NodeId node, AgentLauncher launcher, LaunchRequest request, RunLog log, Duration drain) {
    this.node = node;
    this.launcher = launcher;
    this.request = request;
    this.output = new AgentOutput(node, log);
    this.drain = drain;
  }

  /** Runs the agent; returns the event to end {@link #output} with when the run is over. */
  RunEvent run() {
    try {
      return finished(status(runToEnd(start())));
    } catch (LaunchFailure e) {
      return notFinished(e.kind(), String.valueOf(e.getMessage()));
    } catch (IOException e) {
      return notFinished(Kind.AGENT, Printable.of(String.valueOf(e.getMessage())));
    } catch (InterruptedException | RuntimeException | Error e) {
      return lost(e);
    }
  }

  AgentOutput output() {
    return output;
  }

  private LaunchedAgent start() throws IOException {
    synchronized (lock) {
      if (isUnwanted) {
        throw new IOException("the node is stopping");
      }
    }
    LaunchedAgent started = launcher.launch(request);
    synchronized (lock) {
      agent = started;
      isLate = isUnwanted;
    }
    return started;
  }

  private AgentEnd runToEnd(LaunchedAgent started) throws IOException, InterruptedException {
    Thread reader = output.readFrom(started);
    endIfLate(started);
    AgentEnd end = started.awaitEnd();
    synchronized (lock) {
      hasEnded = true;
    }
    if (!reader.join(drain)) {
      started.leave();
    }
    return end;
  }

  /** Only now there is somebody who hears of its end. */
  private void endIfLate(LaunchedAgent started) {
    boolean late;
    synchronized (lock) {
      late = isLate;
    }
    if (late && stopped() != null) {
      endAgent(Duration.ZERO);
    } else if (late) {
      started.endWithNode(Duration.ZERO);
    }
  }

  private static ExitStatus status(AgentEnd end) {
    return switch (end) {
      case AgentEnd.Exited(int code) -> ExitStatus.code(code);
      case AgentEnd.Killed(int signal) -> new ExitStatus.Killed(signal);
    };
  }

  private RunEvent finished(ExitStatus status) throws InterruptedException {
    Stop stopped = stopped();
    if (stopped == null) {
      return new RunEvent.Finished(node, status);
    }
    stopped.done.await();
    String seen = "the agent was stopped" + stopped.why + ": " + status;
    synchronized (lock) {
      return isSomethingLeft
          ? failed(Kind.UNCONFIRMED, seen + ", but not all that it had started has ended")
          : failed(Kind.STOPPED, seen);
    }
  }

  private RunEvent notFinished(Kind kind, String reason) {
    if (stopped() == null) {
      return failed(kind, reason);
    }
    return pid().equals("none")
        ? failed(Kind.STOPPED, "the agent was not started")
        : failed(Kind.UNCONFIRMED, reason);
  }

  private @Nullable Stop stopped() {
    synchronized (lock) {
      return stop;
    }
  }

  /** Also when there was no memory or thread: whoever waits for the run has to hear of its end. */
  private RunEvent lost(Throwable why) {
    try {
      endAgent(Duration.ZERO);
      reap();
    } catch (IOException | InterruptedException | RuntimeException | Error e) {
      why.addSuppressed(e);
    }
    logger.error("run {} of process {} is lost", request.id(), pid(), why);
    return failed(Kind.INTERNAL, "the run was lost: " + why);
  }

  private void reap() throws IOException, InterruptedException {
    LaunchedAgent left;
    synchronized (lock) {
      left = hasEnded || isSomethingLeft ? null : agent;
    }
    if (left != null) {
      left.close();
      var _ = left.awaitEnd();
    }
  }

  /**
   * Ends the run, which then is told as stopped: asks the agent and its children to end, and after
   * that time does not ask. It does nothing when the agent has ended. Blocks until it is done.
   *
   * @param why goes on from "the agent was stopped"; may be empty
   */
  void stop(Duration grace, String why) {
    Stop stopping = new Stop(why, new CountDownLatch(1));
    synchronized (lock) {
      if (stop != null || hasEnded) {
        return;
      }
      stop = stopping;
    }
    try {
      endAgent(grace);
    } finally {
      stopping.done.countDown();
    }
  }

  private void endAgent(Duration grace) {
    LaunchedAgent running = unwanted();
    if (running != null && !running.stop(grace)) {
      synchronized (lock) {
        isSomethingLeft = true;
      }
    }
  }

  /** The node ends: so does an agent that is its child, and no other. Blocks. */
  void endWithNode(Duration grace) {
    LaunchedAgent running = unwanted();
    if (running != null) {
      running.endWithNode(grace);
    }
  }

  /** From now on none is started. */
  private @Nullable LaunchedAgent unwanted() {
    synchronized (lock) {
      isUnwanted = true;
      return agent;
    }
  }

  /** The agent's process id, as soon as it has one; for the log. */
  String pid() {
    synchronized (lock) {
      return agent == null ? "none" : String.valueOf(agent.pid());
    }
  }

  RunEvent failed(Kind kind, String reason) {
    return new RunEvent.Failed(node, new RunFailure(kind, "node " + node, reason));
  }
}
