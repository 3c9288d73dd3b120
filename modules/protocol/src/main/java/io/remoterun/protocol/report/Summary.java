package io.remoterun.protocol.report;

import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/** Counts what was reported, and writes it as Rudder's formatter does. */
final class Summary {
  /** No more are told apart. */
  private static final int MOST_DIRECTIVES = 100_000;

  private static final String RULE = "#".repeat(80);
  private static final List<State> ENFORCED =
      List.of(State.RESULT_SUCCESS, State.RESULT_REPAIRED, State.RESULT_NA, State.RESULT_ERROR);
  private static final List<State> AUDITED =
      List.of(State.AUDIT_COMPLIANT, State.AUDIT_NA, State.AUDIT_NONCOMPLIANT, State.AUDIT_ERROR);

  private final EnumMap<State, Integer> counts = new EnumMap<>(State.class);
  private final Set<String> directives = new HashSet<>();
  private String lastDirective = "";

  void count(State state) {
    counts.merge(state, 1, Integer::sum);
  }

  /** Of any line: what is no report counts as one more directive, without a name. */
  void countDirective(ReportLine line) {
    String directive = line.fields >= 5 ? line.bytesOf(ReportLine.DIRECTIVE) : "";
    if (directives.size() == MOST_DIRECTIVES) {
      return;
    }
    if (directives.isEmpty() || !directive.equals(lastDirective)) {
      directives.add(directive);
      lastDirective = directive;
    }
  }

  int of(State state) {
    return counts.getOrDefault(state, 0);
  }

  private int sum(List<State> states) {
    return states.stream().mapToInt(this::of).sum();
  }

  void write(Columns out, FormatOptions options, boolean wasInterrupted, double seconds) {
    Palette palette = options.palette();
    out.text("\n");
    rule(out, palette, ("## Summary " + RULE).substring(0, 80));
    if (options.fullCompliance()) {
      out.text(
          (sum(ENFORCED) + sum(AUDITED))
              + " components verified in "
              + directives.size()
              + " directives\n");
    } else {
      out.text(
          "Not all components were displayed because we are not in full compliance mode."
              + " Please run with -g to force full compliance mode.\n");
    }
    counts(out, palette, Mode.ENFORCE, ENFORCED);
    counts(out, palette, Mode.AUDIT, AUDITED);
    if (wasInterrupted) {
      colored(
          out,
          palette,
          palette.bad,
          "This summary is incomplete as the agent was interrupted during execution");
      out.text("\n");
    }
    out.text(String.format(Locale.ROOT, "Execution time: %.2fs\n", seconds));
    rule(out, palette, RULE);
  }

  private static void rule(Columns out, Palette palette, String text) {
    colored(out, palette, palette.header, text);
    out.text("\n");
  }

  private void counts(Columns out, Palette palette, Mode mode, List<State> states) {
    int components = sum(states);
    if (components == 0) {
      return;
    }
    String color = mode.color(palette);
    out.text("   => ");
    colored(out, palette, color, Integer.toString(components));
    out.text(" components in ");
    out.text(color);
    out.text(mode.word);
    out.text(palette.normal);
    out.text(" mode\n");
    for (State state : states) {
      if (of(state) > 0) {
        out.text("      -> ");
        colored(out, palette, state.level.color(palette), Integer.toString(of(state)));
        out.text(" ");
        if (state.level == State.Level.DETAIL) {
          out.text("not-applicable");
        } else {
          out.text(state.word);
        }
        out.text("\n");
      }
    }
  }

  static void colored(Columns out, Palette palette, String color, String ascii) {
    out.text(color);
    out.text(ascii);
    out.text(palette.normal);
  }
}
