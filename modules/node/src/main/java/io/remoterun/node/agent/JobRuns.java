package io.remoterun.node.agent;

import io.remoterun.protocol.log.MemoryRunLog;
import io.remoterun.protocol.log.RunLog;
import io.remoterun.protocol.run.NodeId;
import io.remoterun.protocol.run.RunEvent;
import io.remoterun.protocol.run.RunId;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ThreadFactory;
import java.util.function.Consumer;
import org.slf4j.Logger;

/**
 * Runs of what is not the agent, beside it and beside each other; of each job only so many at once.
 * Nobody reads what they print: little of it is kept, while they run. Thread-safe.
 */
public final class JobRuns implements AutoCloseable {
  /** In bytes, of each run: nobody reads it. */
  private static final int OUTPUT = 64 * 1024;

  private final NodeId node;
  private final AgentLauncher launcher;
  private final AgentRuns.Limits limits;
  private final RunBook book;
  private final Logger logger;
  private final Map<RunId, Running> running = new HashMap<>();
  private final ThreadFactory threads;
  private boolean closed;

  private record Running(String job, AgentProcess process, RunLog log) {}

  public JobRuns(
      NodeId node, AgentLauncher launcher, AgentRuns.Limits limits, RunBook book, Logger logger) {
    this(node, launcher, limits, book, logger, AgentRuns.RUN_THREADS);
  }

  JobRuns(
      NodeId node,
      AgentLauncher launcher,
      AgentRuns.Limits limits,
      RunBook book,
      Logger logger,
      ThreadFactory threads) {
    this.node = node;
    this.launcher = launcher;
    this.limits = limits;
    this.book = book;
    this.logger = logger;
    this.threads = threads;
  }

  /**
   * Starts a run and does not wait for it.
   *
   * @param end hears how it has ended, on the run's own thread
   * @return whether there was room for it
   */
  public boolean start(String job, int atOnce, Duration longest, Consumer<RunEvent> end) {
    RunId id = RunId.random();
    synchronized (running) {
      if (closed || running.values().stream().filter(it -> it.job.equals(job)).count() >= atOnce) {
        return false;
      }
      RunLog log = new MemoryRunLog(Math.min(limits.output(), OUTPUT));
      Wish wish = Wish.scheduled(job, List.of(), longest);
      AgentProcess process =
          new AgentProcess(node, launcher, wish.request(id), log, limits.drain());
      Running run = new Running(job, process, log);
      Thread thread = threads.newThread(() -> end.accept(run(id, run, wish, longest)));
      thread.setName("run " + id);
      running.put(id, run);
      return begins(id, thread);
    }
  }

  private boolean begins(RunId id, Thread thread) {
    try {
      thread.start();
      return true;
    } catch (RuntimeException | Error e) {
      running.remove(id);
      logger.error("run {} cannot begin: the node has no thread for it", id, e);
      return false;
    }
  }

  private RunEvent run(RunId id, Running run, Wish wish, Duration longest) {
    long begin = System.nanoTime();
    book.begins(id, wish);
    logger.info("run {} of section {} begins", id, run.job);
    RunEvent last = new LateStop(limits.stop(), logger).run(longest, id, run.process);
    Duration took = Duration.ofNanos(System.nanoTime() - begin);
    try {
      run.process.output().end(last);
      run.log.discard().subscribe();
    } finally {
      synchronized (running) {
        running.remove(id);
      }
      book.ends(id, took, last);
    }
    logger.info(
        "run {} of section {} and process {} is over after {} ms: {}",
        id,
        run.job,
        run.process.pid(),
        took.toMillis(),
        RunBook.words(last));
    return last;
  }

  /**
   * Ends all runs, with their processes where these are children of this program: asks first, and
   * after a while does not ask.
   */
  @Override
  public void close() {
    List<Running> last;
    synchronized (running) {
      closed = true;
      last = new ArrayList<>(running.values());
    }
    List<Thread> ends =
        last.stream()
            .map(run -> Thread.ofPlatform().start(() -> run.process.endWithNode(limits.stop())))
            .toList();
    try {
      for (Thread end : ends) {
        end.join();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    last.forEach(run -> run.process.output().isOverWithin(limits.drain().plus(limits.stop())));
  }
}
