package io.remoterun.node.schedule;

import io.remoterun.node.agent.AgentLauncher;
import io.remoterun.node.agent.AgentRuns;
import io.remoterun.node.agent.JobCommands;
import io.remoterun.node.agent.JobRuns;
import io.remoterun.node.agent.RunBook;
import io.remoterun.protocol.run.NodeId;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneId;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.springframework.context.SmartLifecycle;

/**
 * Runs what {@code agentd.conf} says when it says so. One thread looks at the clocks, starts what
 * is due, and reads the files again when it is asked to; it waits for no run. Thread-safe.
 */
public final class Schedule implements SmartLifecycle {
  private static final Duration PATIENCE = Duration.ofSeconds(5);

  private final Settings settings;
  private final List<String> agent;
  private final Starts starts;
  private final Logger logger;
  private final Timetable timetable;
  private final Semaphore wake = new Semaphore(0);
  private final AtomicBoolean readAgain = new AtomicBoolean();
  private volatile List<Section> sections = List.of();
  private volatile List<Problem> problems = List.of();
  private volatile @Nullable Thread thread;

  /**
   * @param enabled whether it starts with the program
   * @param file {@code agentd.conf}
   * @param lastStarts the file with the time of each section's last start
   */
  public record Settings(boolean enabled, NodeId node, Path file, Path lastStarts) {}

  /**
   * @param last when it was started last, if that is known
   */
  public record Entry(String name, List<String> command, Instant next, Optional<Instant> last) {
    Entry(Section section, Instant next, Optional<Instant> last) {
      this(section.name(), section.command(), next, last);
    }
  }

  /**
   * @param agent the words of the agent's command, which is run where no section runs its program
   */
  Schedule(Settings settings, List<String> agent, Starts starts, Logger logger) {
    this.settings = settings;
    this.agent = agent;
    this.starts = starts;
    this.logger = logger;
    this.timetable =
        new Timetable(
            settings.node(), starts, new LastStarts(settings.lastStarts(), logger), logger);
  }

  /**
   * @param disableFile while there is one of that name nothing is started
   */
  public static Schedule of(
      Settings settings,
      AgentRuns runs,
      JobRuns jobs,
      RunBook book,
      JobCommands commands,
      Path disableFile,
      Logger logger) {
    return new Schedule(
        settings,
        commands.agent(),
        new Starter(runs, jobs, book, commands, disableFile, logger),
        logger);
  }

  @Override
  public void start() {
    readAgain.set(true);
    // It goes on while it is the one that is noted here.
    Thread made = Thread.ofVirtual().name("schedule").unstarted(this::run);
    thread = made;
    made.start();
  }

  /** The files are read again soon. */
  public void reload() {
    readAgain.set(true);
    wake.release();
  }

  /** What is run, and when next. */
  public List<Entry> entries() {
    return timetable.entries();
  }

  /** Whether runs of that job are the agent's, perhaps with other options. */
  public boolean runsAgent(String job) {
    return job.equals(AgentLauncher.AGENT)
        || sections.stream()
            .filter(section -> section.runsAgent(agent))
            .anyMatch(section -> Job.of(section, agent).name().equals(job));
  }

  /** What is not used of the files, and what is not run as they say. */
  public List<Problem> problems() {
    return Stream.concat(problems.stream(), starts.problems().stream()).toList();
  }

  private void run() {
    while (Thread.currentThread().equals(thread)) {
      readIfAsked();
      Duration wait = readAgain.get() ? Timetable.TRY_AGAIN : Timetable.LOOK;
      try {
        Duration next = timetable.look(look());
        wait = next.compareTo(wait) < 0 ? next : wait;
      } catch (RuntimeException | Error e) {
        // An Error as well: where there is no thread for what it starts, the next start may find
        // one.
        logger.error("the schedule goes on after a defect", e);
        wait = Timetable.TRY_AGAIN;
      }
      pause(wait);
    }
  }

  private void pause(Duration wait) {
    try {
      if (wake.tryAcquire(Math.max(1, wait.toMillis() + 1), TimeUnit.MILLISECONDS)) {
        wake.drainPermits();
      }
    } catch (InterruptedException e) {
      logger.debug("the schedule looks at the clock: somebody has interrupted it");
    }
  }

  /** Until it was possible: without a plan nothing would ever be run. */
  private void readIfAsked() {
    if (readAgain.getAndSet(false)) {
      try {
        read();
      } catch (RuntimeException | Error e) {
        readAgain.set(true);
        logger.error("the schedule reads its files again after a defect", e);
      }
    }
  }

  private void read() {
    Plan plan = Plan.read(settings.file(), agent);
    sections = plan.sections();
    problems = plan.problems();
    problems.forEach(problem -> logger.error("{}", problem));
    timetable.use(plan.sections(), look());
  }

  private static Look look() {
    return new Look(InstantSource.system().instant(), System.nanoTime(), ZoneId.systemDefault());
  }

  /** Nothing is started any more when this returns. */
  @Override
  public void stop() {
    Thread last = thread;
    thread = null;
    wake.release();
    try {
      if (last != null) {
        last.join(PATIENCE);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public boolean isAutoStartup() {
    return settings.enabled();
  }

  @Override
  public boolean isRunning() {
    return thread != null;
  }
}
