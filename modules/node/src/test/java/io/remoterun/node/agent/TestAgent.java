package io.remoterun.node.agent;

import io.remoterun.protocol.run.Condition;
import io.remoterun.protocol.run.NodeId;
import io.remoterun.protocol.run.RunId;
import io.remoterun.testing.Mark;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.slf4j.LoggerFactory;

/**
 * Runs of shell scripts, which get a folder as {@code $DIR}. In it is what is remembered of runs,
 * and what disables them.
 */
record TestAgent(Path folder) {
  static final NodeId NODE = new NodeId("n1");

  AgentRuns runs(String script, String... arguments) {
    List<String> all = new ArrayList<>(List.of("/bin/sh", "-c", script));
    all.addAll(List.of(arguments));
    return runs(new AgentCommand(all, variables()));
  }

  /** What scripts get: with them {@code LeakCheck} sees what they leave behind. */
  Map<String, String> variables() {
    Map<String, String> variables = new HashMap<>(Mark.variables());
    variables.put("DIR", folder.toString());
    return variables;
  }

  AgentRuns runs(AgentCommand command) {
    return runs(command, Duration.ofMinutes(1));
  }

  AgentRuns runs(AgentCommand command, Duration duration) {
    return runs(new DirectLauncher(new JobCommands(command)), duration);
  }

  AgentRuns runs(AgentLauncher launcher, Duration duration) {
    try {
      return new AgentRuns(
          NODE,
          launcher,
          new AgentRuns.Limits(
              4_000_000,
              Duration.ofMinutes(1),
              duration,
              Duration.ofMillis(100),
              Duration.ofMillis(300)),
          disableFile(),
          new SeenRuns(seenRuns()),
          new RunBook(),
          LoggerFactory.getLogger("remote-run.node.n1"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static Wish wish(RunId id, List<Condition> conditions) {
    return Wish.of(Optional.of(id), conditions, "a test");
  }

  static Wish wish(List<Condition> conditions) {
    return Wish.of(Optional.empty(), conditions, "a test");
  }

  Path disableFile() {
    return folder.resolve("disable-agent");
  }

  Path seenRuns() {
    return folder.resolve("seen/runs");
  }
}
