package io.remoterun.node.schedule;

import io.remoterun.node.agent.AgentLauncher;
import io.remoterun.node.agent.AgentRuns;
import io.remoterun.node.agent.Attached;
import io.remoterun.node.agent.JobCommands;
import io.remoterun.node.agent.JobRuns;
import io.remoterun.node.agent.RunBook;
import io.remoterun.node.agent.Wish;
import io.remoterun.protocol.run.RunEvent;
import io.remoterun.protocol.run.RunFailure;
import io.remoterun.protocol.run.RunFailure.Kind;
import io.remoterun.protocol.run.RunId;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import org.slf4j.Logger;
import reactor.core.scheduler.Schedulers;

/**
 * Starts sections on this machine: what is started by the agent's program among the runs of the
 * agent, all else beside them. While the agent is disabled nothing is started. Not thread-safe, but
 * for {@link #problems}.
 */
final class Starter implements Starts {
  private final AgentRuns runs;
  private final JobRuns jobs;
  private final JobCommands commands;
  private final Path disableFile;
  private final Logger logger;
  private final RunBook book;
  private final Refusals refusals;
  private final Map<Section, RunId> lastRuns = new ConcurrentHashMap<>();
  private boolean disabled;

  /**
   * @param book is told of the runs
   */
  Starter(
      AgentRuns runs,
      JobRuns jobs,
      RunBook book,
      JobCommands commands,
      Path disableFile,
      Logger logger) {
    this.runs = runs;
    this.jobs = jobs;
    this.book = book;
    this.commands = commands;
    this.disableFile = disableFile;
    this.logger = logger;
    this.refusals = new Refusals(commands.agent(), logger);
  }

  @Override
  public void use(List<Section> sections) {
    Map<String, List<String>> words = new HashMap<>();
    sections.forEach(section -> words.put(ownJob(section).name(), section.command()));
    words.remove(AgentLauncher.AGENT);
    commands.use(words);
    refusals.keep(sections);
    lastRuns.keySet().retainAll(sections);
  }

  @Override
  public boolean waits(Section section) {
    RunId last = lastRuns.get(section);
    return book.waiting().stream().anyMatch(run -> run.id().equals(last));
  }

  @Override
  public List<Problem> problems() {
    return refusals.problems();
  }

  @Override
  public Outcome start(Section section, Consumer<String> inVain) {
    if (isDisabled()) {
      return new Outcome.LeftOut();
    }
    if (section.runsProgramOf(commands.agent())) {
      return startAgent(section, inVain);
    }
    Job job = ownJob(section);
    Consumer<RunEvent> end = last -> refusals.hear(section, job, last);
    if (!jobs.start(job.name(), section.atOnce(), section.longest(), end)) {
      logger.warn(
          "a start of section {} is left out: {} of its runs go on",
          section.name(),
          section.atOnce());
      return new Outcome.LeftOut();
    }
    return new Outcome.Made();
  }

  private Outcome startAgent(Section section, Consumer<String> inVain) {
    Job job = refusals.job(section);
    return switch (runs.start(Wish.scheduled(job.name(), job.conditions(), section.longest()))) {
      case AgentRuns.Refused(Kind kind, String reason) when kind == Kind.OVERLOADED ->
          new Outcome.Full(reason);
      case AgentRuns.Refused refused -> {
        logger.warn("section {} is not started: {}", section.name(), refused.reason());
        yield new Outcome.LeftOut();
      }
      case Attached run -> {
        logger.info(
            "section {} is run {}{}{}",
            section.name(),
            run.id(),
            job.equals(ownJob(section)) ? "" : " of the agent, in its place",
            run.awaited().map(other -> ", which waits for the end of " + other).orElse(""));
        lastRuns.put(section, run.id());
        refusals.started(section);
        listen(run, first -> hear(section, job, first).ifPresent(inVain));
        run.leave();
        yield new Outcome.Made();
      }
    };
  }

  /**
   * A refusal that names the file by which the agent is disabled, as those of node and helper do,
   * is not one of the section. That there is such a file tells less: it may be gone by now.
   */
  private Optional<String> hear(Section section, Job job, RunEvent first) {
    boolean isDisabled =
        first instanceof RunEvent.Failed(var node, RunFailure failure)
            && failure.kind() == Kind.REFUSED
            && failure.reason().contains(disableFile.toString());
    return isDisabled ? Optional.empty() : refusals.hear(section, job, first);
  }

  /** Who hears it may block: it is not told on a thread that all runs share. */
  private static void listen(Attached run, Consumer<RunEvent> first) {
    run.log().events().next().publishOn(Schedulers.boundedElastic()).subscribe(first);
  }

  private Job ownJob(Section section) {
    return Job.of(section, commands.agent());
  }

  /** Said once, not at each start. */
  private boolean isDisabled() {
    boolean before = disabled;
    disabled = Files.exists(disableFile);
    if (disabled && !before) {
      logger.warn("nothing is started by the schedule: there is {}", disableFile);
    } else if (before && !disabled) {
      logger.info("the schedule goes on: {} is gone", disableFile);
    }
    return disabled;
  }
}
