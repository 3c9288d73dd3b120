package io.remoterun.node.agent;

import io.remoterun.helper.AgentEnd;
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
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One run of the agent: starts it, and writes what happens into the log, which is closed at the
 * end. It always reads on, however slow those are that read the log, so that nobody can stop the
 * agent by not listening.
 *
 * <p>The pipe is read on a platform thread of its own, because a read of a pipe that blocks holds a
 * carrier of the virtual threads. The run ends when the agent has ended and its output is read, at
 * most {@code drain} after its end: a child that it left behind, such as a daemon that it has
 * restarted, may hold the pipe open for ever. What such a child prints is read and dropped, because
 * without a reader its next line would kill it; {@link LeftOutputs} has a bound for that.
 */
final class AgentProcess {
  private static final Logger logger = LoggerFactory.getLogger(AgentProcess.class);

  /** Of a pipe. */
  private static final int CAPACITY = 64 * 1024;

  private final NodeId node;
  private final AgentLauncher launcher;
  private final LaunchRequest request;
  private final RunLog log;
  private final Duration drain;
  private final LineSplitter splitter;
  private final CountDownLatch over = new CountDownLatch(1);

  private final Object lock = new Object();
  private @Nullable LaunchedAgent agent;
  private boolean killed;

  /** It was not wanted any more while it was being started. */
  private boolean isLate;

  private boolean hasEnded;
  private boolean ended;

  /** Of a run that is not wanted any more: done when nothing of the agent is left. */
  private @Nullable CountDownLatch stopping;

  private String whyStopped = "";
  private boolean isSomethingLeft;

  AgentProcess(
      NodeId node, AgentLauncher launcher, LaunchRequest request, RunLog log, Duration drain) {
    this.node = node;
    this.launcher = launcher;
    this.request = request;
    this.log = log;
    this.drain = drain;
    this.splitter = new LineSplitter(line -> log.append(new RunEvent.Output(node, line)));
  }

  /** Runs the agent; returns the event to {@link #end} with when the run is over. */
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

  private LaunchedAgent start() throws IOException {
    synchronized (lock) {
      if (killed) {
        throw new IOException("the node is stopping");
      }
    }
    LaunchedAgent started = launcher.launch(request);
    synchronized (lock) {
      agent = started;
      isLate = killed;
      log.append(new RunEvent.Started(node, started.command()));
    }
    return started;
  }

  private static ExitStatus status(AgentEnd end) {
    return switch (end) {
      case AgentEnd.Exited(int code) -> ExitStatus.code(code);
      case AgentEnd.Killed(int signal) -> new ExitStatus.Killed(signal);
    };
  }

  private RunEvent finished(ExitStatus status) throws InterruptedException {
    CountDownLatch stop = stopping();
    if (stop == null) {
      return new RunEvent.Finished(node, status);
    }
    stop.await();
    String seen = "the agent was stopped" + whyStopped() + ": " + status;
    return isSomethingLeft()
        ? failed(Kind.UNCONFIRMED, seen + ", but not all that it had started has ended")
        : failed(Kind.STOPPED, seen);
  }

  private RunEvent notFinished(Kind kind, String reason) {
    if (stopping() == null) {
      return failed(kind, reason);
    }
    return pid().equals("none")
        ? failed(Kind.STOPPED, "the agent was not started")
        : failed(Kind.UNCONFIRMED, reason);
  }

  private String whyStopped() {
    synchronized (lock) {
      return whyStopped;
    }
  }

  private boolean isSomethingLeft() {
    synchronized (lock) {
      return isSomethingLeft;
    }
  }

  private @Nullable CountDownLatch stopping() {
    synchronized (lock) {
      return stopping;
    }
  }

  private AgentEnd runToEnd(LaunchedAgent started) throws IOException, InterruptedException {
    Thread reader =
        Thread.ofPlatform()
            .name("output of agent " + started.pid())
            .daemon()
            .start(() -> read(started));
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
    boolean stopped;
    synchronized (lock) {
      late = isLate;
      stopped = stopping != null;
    }
    if (late && stopped) {
      started.stop(Duration.ZERO);
    } else if (late) {
      started.endWithNode(Duration.ZERO);
    }
  }

  private void read(LaunchedAgent started) {
    byte[] buffer = new byte[CAPACITY];
    try (started) {
      for (int length = started.read(buffer); length >= 0; length = started.read(buffer)) {
        synchronized (lock) {
          if (!ended) {
            splitter.add(buffer, length);
          }
        }
      }
    } catch (IOException e) {
      logger.warn("the output of agent {} is lost: {}", started.pid(), Printable.of(e.toString()));
    } catch (RuntimeException | Error e) {
      logger.error("the output of agent {} is lost", started.pid(), e);
    }
  }

  /** The last word: the log has nothing after it. */
  void end(RunEvent last) {
    try {
      synchronized (lock) {
        ended = true;
        splitter.flush();
        log.append(last);
      }
    } finally {
      log.close();
      over.countDown();
    }
  }

  /** Whether {@link #end} was called. */
  boolean isOver() {
    return over.getCount() == 0;
  }

  /** The agent's process id, as soon as it has one; for the log. */
  String pid() {
    synchronized (lock) {
      return agent == null ? "none" : String.valueOf(agent.pid());
    }
  }

  /**
   * Ends the run, which then is told as stopped: asks the agent and its children to end, and after
   * that time does not ask. It does nothing when the agent has ended. Blocks until it is done.
   *
   * @param why goes on from "the agent was stopped"; may be empty
   */
  void stop(Duration grace, String why) {
    CountDownLatch done = new CountDownLatch(1);
    synchronized (lock) {
      if (stopping != null || hasEnded) {
        return;
      }
      stopping = done;
      whyStopped = why;
    }
    try {
      endAgent(grace);
    } finally {
      done.countDown();
    }
  }

  /** The same, but the run is told as it ends; and lets the agent not start if it has not yet. */
  void endAgent(Duration grace) {
    LaunchedAgent running;
    synchronized (lock) {
      killed = true;
      running = agent;
    }
    if (running != null && !running.stop(grace)) {
      synchronized (lock) {
        isSomethingLeft = true;
      }
    }
  }

  /** The node ends: so does an agent that is its child, and no other. Blocks. */
  void endWithNode(Duration grace) {
    LaunchedAgent running;
    synchronized (lock) {
      killed = true;
      running = agent;
    }
    if (running != null) {
      running.endWithNode(grace);
    }
  }

  /** Whether the run is over before that time has passed, or this thread is interrupted. */
  boolean isOverWithin(Duration patience) {
    try {
      return over.await(patience.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  RunEvent failed(Kind kind, String reason) {
    return new RunEvent.Failed(node, new RunFailure(kind, "node " + node, reason));
  }
}
