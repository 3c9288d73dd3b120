package io.remoterun.node.schedule;

import io.remoterun.node.agent.AgentLauncher;
import io.remoterun.node.agent.AgentRuns;
import io.remoterun.node.agent.Attached;
import io.remoterun.node.agent.JobCommands;
import io.remoterun.node.agent.JobRuns;
import io.remoterun.node.agent.Wish;
import io.remoterun.protocol.run.RunEvent;
import io.remoterun.protocol.run.RunFailure.Kind;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.slf4j.Logger;

/**
 * Starts sections on this machine: what is started by the agent's program among the runs of the
 * agent, all else beside them. While the agent is disabled nothing is started. Not thread-safe.
 */
final class Starter implements Starts {
  private final AgentRuns runs;
  private final JobRuns jobs;
  private final JobCommands commands;
  private final Path disableFile;
  private final Logger logger;
  private boolean disabled;

  Starter(AgentRuns runs, JobRuns jobs, JobCommands commands, Path disableFile, Logger logger) {
    this.runs = runs;
    this.jobs = jobs;
    this.commands = commands;
    this.disableFile = disableFile;
    this.logger = logger;
  }

  @Override
  public void use(List<Section> sections) {
    Map<String, List<String>> words = new HashMap<>();
    sections.forEach(section -> words.put(job(section).name(), section.command()));
    words.remove(AgentLauncher.AGENT);
    commands.use(words);
  }

  @Override
  public Optional<String> start(Section section, Consumer<String> full) {
    if (isDisabled()) {
      return Optional.empty();
    }
    if (section.runsProgramOf(commands.agent())) {
      return startAgent(section, full);
    }
    if (!jobs.start(section.name(), section.atOnce(), section.longest())) {
      logger.warn(
          "a start of section {} is left out: {} of its runs go on",
          section.name(),
          section.atOnce());
    }
    return Optional.empty();
  }

  private Optional<String> startAgent(Section section, Consumer<String> full) {
    Job job = job(section);
    return switch (runs.start(Wish.scheduled(job.name(), job.conditions(), section.longest()))) {
      case AgentRuns.Refused(Kind kind, String reason) when kind == Kind.OVERLOADED ->
          Optional.of(reason);
      case AgentRuns.Refused refused -> {
        logger.warn("section {} is not started: {}", section.name(), refused.reason());
        yield Optional.empty();
      }
      case Attached run -> {
        logger.info(
            "section {} is run {}{}",
            section.name(),
            run.id(),
            run.awaited().map(other -> ", which waits for the end of " + other).orElse(""));
        tellIfBusy(run, full);
        run.leave();
        yield Optional.empty();
      }
    };
  }

  /** A helper that an earlier process of this node has asked may not have ended yet. */
  private static void tellIfBusy(Attached run, Consumer<String> full) {
    run.log()
        .events()
        .next()
        .ofType(RunEvent.Failed.class)
        .map(RunEvent.Failed::failure)
        .filter(failure -> failure.kind() == Kind.OVERLOADED)
        .subscribe(failure -> full.accept(failure.reason()));
  }

  private Job job(Section section) {
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
