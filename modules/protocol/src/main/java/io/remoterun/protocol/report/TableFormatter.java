package io.remoterun.protocol.report;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The product's own table of what agents report: nodes by their whole names, errors and refusals
 * always, a summary of each node and of all, and at the very end the nodes that have failed. A row
 * is written as soon as its report is whole. Not thread-safe.
 */
public final class TableFormatter {
  private static final int TECHNIQUE = 25;
  private static final int COMPONENT = 25;
  private static final int KEY = 20;
  private static final int STATE = 13;

  private final FormatOptions options;
  private final Palette palette;
  private final Map<String, Node> nodes = new LinkedHashMap<>();
  private final StringBuilder out = new StringBuilder();
  private int nodeWidth;
  private boolean hasHeader;

  private static final class Node {
    final NodeLines lines = new NodeLines();
    final StateCounts counts = new StateCounts();
    String end = "";
    boolean hasFailed;
  }

  /**
   * @param nodeWidth of the longest name of a node, if they are known; the column grows
   */
  public TableFormatter(FormatOptions options, int nodeWidth) {
    this.options = options;
    this.palette = options.palette();
    this.nodeWidth = Math.max("NODE".length(), nodeWidth);
  }

  /**
   * A line that the agent has printed, without its line feed.
   *
   * @return what is to be shown by now
   */
  public String line(String node, String line) {
    Node of = node(node);
    if (options.raw()) {
      out.append(prefix(node)).append(line).append('\n');
    }
    of.lines.next(line).forEach(clear -> show(node, of, clear));
    return take();
  }

  /** Something that is not the agent's output, and that is always shown. */
  public String told(String node, String text) {
    node(node);
    problem(node, text);
    return take();
  }

  /**
   * The node's run is over.
   *
   * @param how in words
   * @param hasFailed whether the agent could not run, or ended badly
   */
  public String ended(String node, String how, boolean hasFailed) {
    Node of = node(node);
    of.lines.end().forEach(clear -> show(node, of, clear));
    of.end = Display.visible(how);
    of.hasFailed = hasFailed;
    if (hasFailed) {
      problem(node, how);
    }
    return take();
  }

  /** Nothing more comes: the summary. */
  public String end() {
    nodes.forEach((name, node) -> node.lines.end().forEach(clear -> show(name, node, clear)));
    StateCounts all = new StateCounts();
    List<String> failed = new ArrayList<>();
    out.append('\n').append(palette.of(palette.header, "Summary")).append('\n');
    nodes.forEach(
        (name, node) -> {
          all.addAll(node.counts);
          summary(name, node);
          if (node.hasFailed) {
            failed.add(name);
          }
        });
    out.append(nodes.size())
        .append(nodes.size() == 1 ? " node, " : " nodes, ")
        .append(all.words(palette))
        .append('\n');
    failed.forEach(this::failure);
    return take();
  }

  /**
   * For an exit status, after the end: 1 some agent could not run or ended badly, 2 some policy had
   * an error, 3 something is not compliant, 0 all is well.
   *
   * @param errors whether errors of policies count
   * @param deviations whether also what is not compliant does
   */
  public int exitStatus(boolean errors, boolean deviations) {
    if (nodes.values().stream().anyMatch(node -> node.hasFailed)) {
      return 1;
    }
    if ((errors || deviations) && nodes.values().stream().anyMatch(it -> it.counts.hasErrors())) {
      return 2;
    }
    boolean hasDeviations = nodes.values().stream().anyMatch(node -> node.counts.hasDeviations());
    return deviations && hasDeviations ? 3 : 0;
  }

  private Node node(String name) {
    nodeWidth = Math.max(nodeWidth, Display.width(name));
    return nodes.computeIfAbsent(name, any -> new Node());
  }

  private void show(String name, Node node, NodeLines.Line line) {
    switch (line) {
      case NodeLines.Report report -> {
        if (report.state() != null) {
          node.counts.add(report.state());
        }
        if (isShown(report)) {
          row(name, report);
        }
      }
      case NodeLines.Problem(String text) -> problem(name, text);
      case NodeLines.Begin(String configuration) -> {
        if (options.info()) {
          said(name, "begins with configuration " + configuration);
        }
      }
      case NodeLines.End() -> {
        if (options.info()) {
          said(name, "has applied its policies");
        }
      }
      case NodeLines.Said(String text) -> {
        if (options.info() && !text.isBlank()) {
          said(name, text);
        }
      }
    }
  }

  private boolean isShown(NodeLines.Report report) {
    State state = report.state();
    return !options.raw() && (state == null ? !options.quiet() : state.level.isShown(options));
  }

  private void row(String name, NodeLines.Report report) {
    header();
    State state = report.state();
    String color = state == null ? palette.normal : state.level.color(palette);
    String mode = options.fullStrings() ? report.mode().word : first(report.mode().word);
    out.append(prefix(name))
        .append(palette.of(report.mode().color(palette), Display.padded(mode, modeWidth())))
        .append(' ')
        .append(palette.of(color, cell(report.stateWord(), STATE)))
        .append(' ')
        .append(cell(report.technique(), TECHNIQUE))
        .append(' ')
        .append(cell(report.component(), COMPONENT))
        .append(' ')
        .append(cell(report.key(), KEY))
        .append(' ')
        .append(Display.visible(report.message()))
        .append('\n');
  }

  private static String first(String word) {
    return word.isEmpty() ? "" : word.substring(0, 1);
  }

  private int modeWidth() {
    return options.fullStrings() ? 7 : 1;
  }

  private String cell(String text, int width) {
    String visible = Display.visible(text);
    return options.fullStrings() ? Display.padded(visible, width) : Display.fitted(visible, width);
  }

  private void header() {
    if (!hasHeader) {
      hasHeader = true;
      String columns =
          (options.hostColumn() ? Display.padded("NODE", nodeWidth) + "  " : "")
              + Display.padded(options.fullStrings() ? "MODE" : "M", modeWidth())
              + " "
              + Display.padded("STATE", STATE)
              + " "
              + Display.padded("TECHNIQUE", TECHNIQUE)
              + " "
              + Display.padded("COMPONENT", COMPONENT)
              + " "
              + Display.padded("KEY", KEY)
              + " MESSAGE";
      out.append(palette.of(palette.header, columns)).append('\n');
    }
  }

  private String prefix(String name) {
    return options.hostColumn() ? Display.padded(name, nodeWidth) + "  " : "";
  }

  private void problem(String name, String text) {
    if (!options.raw()) {
      out.append(prefix(name))
          .append(palette.of(palette.bad, "! " + Display.visible(text)))
          .append('\n');
    }
  }

  private void said(String name, String text) {
    if (!options.raw()) {
      out.append(prefix(name))
          .append(palette.of(palette.plain, "  " + Display.visible(text)))
          .append('\n');
    }
  }

  private void summary(String name, Node node) {
    out.append(Display.padded(name, nodeWidth)).append("  ");
    if (!node.end.isEmpty() && !node.hasFailed) {
      out.append(node.end).append(", ");
    } else if (node.hasFailed) {
      out.append(palette.of(palette.bad, "failed")).append(", ");
    }
    out.append(node.counts.words(palette)).append('\n');
  }

  private void failure(String name) {
    Node node = node(name);
    out.append(Display.padded(name, nodeWidth))
        .append("  ")
        .append(palette.of(palette.bad, "failed: " + node.end))
        .append('\n');
  }

  private String take() {
    String written = out.toString();
    out.setLength(0);
    return written;
  }
}
