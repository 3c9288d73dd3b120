package io.remoterun.protocol.report;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/** How many components are how, of one node or of all. */
final class StateCounts {
  private final EnumMap<State, Integer> counts = new EnumMap<>(State.class);

  void add(State state) {
    if (state.mode != Mode.NONE) {
      counts.merge(state, 1, Integer::sum);
    }
  }

  void addAll(StateCounts others) {
    others.counts.forEach((state, count) -> counts.merge(state, count, Integer::sum));
  }

  boolean hasErrors() {
    return counts.containsKey(State.RESULT_ERROR) || counts.containsKey(State.AUDIT_ERROR);
  }

  boolean hasDeviations() {
    return counts.containsKey(State.AUDIT_NONCOMPLIANT);
  }

  /** {@code 12 components: 9 compliant, 1 error}; what is only told has {@code audited} before. */
  String words(Palette palette) {
    int sum = counts.values().stream().mapToInt(Integer::intValue).sum();
    List<String> parts = new ArrayList<>();
    for (Map.Entry<State, Integer> count : counts.entrySet()) {
      State state = count.getKey();
      String audited = state.mode == Mode.AUDIT ? "audited " : "";
      parts.add(
          palette.of(state.level.color(palette), Integer.toString(count.getValue()))
              + " "
              + audited
              + state.word);
    }
    String components = sum + (sum == 1 ? " component" : " components");
    return parts.isEmpty() ? components : components + ": " + String.join(", ", parts);
  }
}
