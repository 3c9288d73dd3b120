package io.remoterun.node.schedule;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * What the node runs by itself, now. If nothing in the files runs the agent, for whatever reason,
 * the agent is run as if there were no files: a node must never be left without agent runs.
 *
 * @param sections at least one of them runs the agent
 * @param problems what is not used
 */
record Plan(List<Section> sections, List<Problem> problems) {
  Plan {
    sections = List.copyOf(sections);
    problems = List.copyOf(problems);
  }

  /** Blocks; never fails. */
  static Plan read(Path file, List<String> agent) {
    AgentdConf conf = AgentdConf.read(file);
    List<Section> sections = new ArrayList<>(conf.sections());
    List<Problem> problems = new ArrayList<>(conf.problems());
    if (sections.stream().noneMatch(section -> section.runsAgent(agent))) {
      Section byDefault = Section.byDefault(agent);
      sections.removeIf(section -> section.name().equals(byDefault.name()));
      sections.add(byDefault);
      if (!conf.sections().isEmpty() || !problems.isEmpty()) {
        String words =
            "no section runs "
                + String.join(" ", Section.wordsOf(agent))
                + ": the agent is run every 5 min";
        problems.add(new Problem(file.toString(), words));
      }
    }
    return new Plan(sections, problems);
  }
}
