package io.remoterun.operations.metrics;

import io.remoterun.protocol.run.Counts;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Stream;

/** Of how many nodes nothing was heard yet, and how many agents run. */
public final class NodesByState {
  private NodesByState() {}

  /**
   * @param runs how each stands that goes on
   */
  public static Map<String, Integer> of(Stream<Counts> runs) {
    Map<String, Integer> states = new LinkedHashMap<>();
    states.put("waiting", 0);
    states.put("running", 0);
    runs.forEach(
        run -> {
          states.merge("waiting", run.waiting(), Integer::sum);
          states.merge("running", run.running(), Integer::sum);
        });
    return states;
  }
}
