package io.remoterun.node.agent;

import io.remoterun.process.AgentEnvironment;
import io.remoterun.protocol.run.Condition;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * How to start the agent. There is no shell: the arguments are given as they are, and conditions
 * become the two last ones, {@code -D} and {@code A,B}.
 *
 * <p>The agent gets {@link AgentEnvironment#DEFAULT} and what is configured, and nothing of the
 * daemon's own environment. It runs in {@code /}, its standard input is empty, its standard output
 * and error are one stream.
 *
 * @param arguments the program and its arguments
 * @param environment added to the default one, whose values it may replace
 */
public record AgentCommand(List<String> arguments, Map<String, String> environment) {
  /**
   * @throws IllegalArgumentException when there is no program
   */
  public AgentCommand {
    arguments = List.copyOf(arguments);
    environment = Map.copyOf(environment);
    if (arguments.isEmpty() || arguments.getFirst().isBlank()) {
      throw new IllegalArgumentException("the agent command has no program");
    }
  }

  List<String> with(List<Condition> conditions) {
    List<String> all = new ArrayList<>(arguments);
    if (!conditions.isEmpty()) {
      all.add("-D");
      all.add(conditions.stream().map(Condition::value).collect(Collectors.joining(",")));
    }
    return all;
  }

  Map<String, String> variables() {
    Map<String, String> variables = new TreeMap<>(AgentEnvironment.DEFAULT);
    variables.putAll(environment);
    return variables;
  }
}
