package io.remoterun.node.agent;

import io.remoterun.protocol.log.RunLog;
import io.remoterun.protocol.run.ExitStatus;
import io.remoterun.protocol.run.NodeId;
import io.remoterun.protocol.run.Printable;
import io.remoterun.protocol.run.RunEvent;
import io.remoterun.protocol.run.RunFailure;
import io.remoterun.protocol.run.RunFailure.Kind;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * One run of the agent: starts it, and writes what happens into the log, which is closed at the
 * end. It always reads on, however slow those are that read the log, so that nobody can stop the
 * agent by not listening.
 *
 * <p>The pipe is read on a platform thread of its own, because a read of a pipe that blocks holds a
 * carrier of the virtual threads. The run ends when the agent has ended and its output is read, at
 * most {@code drain} after its end: a child that it left behind, such as a daemon that it has
 * restarted, may hold the pipe open for ever. What such a child prints is read and dropped, because
 * without a reader its next line would kill it.
 */
final class AgentProcess {
  /** Until what was killed has disappeared; more only where the kernel holds it. */
  private static final Duration KILLED = Duration.ofSeconds(1);

  private static final long PAUSE = TimeUnit.MILLISECONDS.toNanos(10);

  private final NodeId node;
  private final ProcessBuilder builder;
  private final RunLog log;
  private final Duration drain;
  private final LineSplitter splitter;
  private final CountDownLatch over = new CountDownLatch(1);

  private final Object lock = new Object();
  private @Nullable Process process;
  private boolean killed;
  private boolean ended;

  /** Of a run that is not wanted any more: done when nothing of the agent is left. */
  private @Nullable CountDownLatch stopping;

  private String whyStopped = "";

  AgentProcess(NodeId node, ProcessBuilder builder, RunLog log, Duration drain) {
    this.node = node;
    this.builder = builder;
    this.log = log;
    this.drain = drain;
    this.splitter = new LineSplitter(line -> log.append(new RunEvent.Output(node, line)));
  }

  /** Runs the agent; returns the event to {@link #end} with when the run is over. */
  RunEvent run() {
    try {
      return finished(ExitStatus.code(runToEnd(start())));
    } catch (IOException e) {
      return stopping() == null
          ? failed(Kind.AGENT, Printable.of(String.valueOf(e.getMessage())))
          : failed(Kind.STOPPED, "the agent was not started");
    } catch (InterruptedException | RuntimeException e) {
      destroy();
      return failed(Kind.INTERNAL, "the run was lost: " + e);
    }
  }

  private Process start() throws IOException {
    synchronized (lock) {
      if (killed) {
        throw new IOException("the node is stopping");
      }
      Process started = builder.start();
      process = started;
      log.append(new RunEvent.Started(node, String.join(" ", builder.command())));
      return started;
    }
  }

  private RunEvent finished(ExitStatus status) throws InterruptedException {
    CountDownLatch stop = stopping();
    if (stop == null) {
      return new RunEvent.Finished(node, status);
    }
    stop.await();
    return failed(Kind.STOPPED, "the agent was stopped" + whyStopped() + ": " + status);
  }

  private String whyStopped() {
    synchronized (lock) {
      return whyStopped;
    }
  }

  private @Nullable CountDownLatch stopping() {
    synchronized (lock) {
      return stopping;
    }
  }

  private int runToEnd(Process started) throws InterruptedException {
    Thread reader =
        Thread.ofPlatform()
            .name("output of agent " + started.pid())
            .daemon()
            .start(() -> read(started.getInputStream()));
    int code = started.waitFor();
    reader.join(drain);
    return code;
  }

  private void read(InputStream output) {
    byte[] buffer = new byte[8192];
    try (output) {
      for (int length = output.read(buffer); length >= 0; length = output.read(buffer)) {
        synchronized (lock) {
          if (!ended) {
            splitter.add(buffer, length);
          }
        }
      }
    } catch (IOException e) {
      // Java closes the pipe when the agent has ended: all that it had printed is read by then.
    }
  }

  /** The last word: the log has nothing after it. */
  void end(RunEvent last) {
    synchronized (lock) {
      splitter.flush();
      ended = true;
      log.append(last);
      log.close();
    }
    over.countDown();
  }

  /** The agent's process id, as soon as it has one; for the log. */
  String pid() {
    synchronized (lock) {
      return process == null ? "none" : String.valueOf(process.pid());
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
      if (stopping != null || (process != null && !process.isAlive())) {
        return;
      }
      stopping = done;
      whyStopped = why;
    }
    try {
      List<ProcessHandle> family = family();
      family.forEach(ProcessHandle::destroy);
      awaitExit(family, grace);
      Stream.concat(family.stream(), family().stream()).forEach(ProcessHandle::destroyForcibly);
      awaitExit(family, KILLED);
    } finally {
      done.countDown();
    }
  }

  private static void awaitExit(List<ProcessHandle> family, Duration most) {
    long end = System.nanoTime() + most.toNanos();
    // Java looks less often than that for processes that are not its own children.
    while (family.stream().anyMatch(AgentProcess::isRunning) && System.nanoTime() - end < 0) {
      LockSupport.parkNanos(PAUSE);
    }
  }

  /** One that has ended and waits for init to notice has no program any more. */
  private static boolean isRunning(ProcessHandle process) {
    return process.isAlive() && process.info().command().isPresent();
  }

  /** Asks the agent and its children to end, and lets it not start if it has not yet. */
  void terminate() {
    family().forEach(ProcessHandle::destroy);
  }

  /** Ends the agent and its children without asking. */
  void destroy() {
    family().forEach(ProcessHandle::destroyForcibly);
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

  /** Children that have lost their parent are not among them. */
  private List<ProcessHandle> family() {
    synchronized (lock) {
      killed = true;
      return process == null
          ? List.of()
          : Stream.concat(process.descendants(), Stream.of(process.toHandle())).toList();
    }
  }

  RunEvent failed(Kind kind, String reason) {
    return new RunEvent.Failed(node, new RunFailure(kind, "node " + node, reason));
  }
}
