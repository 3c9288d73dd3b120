package io.remoterun.protocol.report;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The product's own table of what agents report: nodes by their whole names, errors and refusals
 * always, a summary of each node and of all, and at the very end the nodes that have failed. A row
 * is written as soon as its report is whole. Not thread-safe.
 */
public final class TableFormatter {
  private final FormatOptions options;
  private final Palette palette;
  private final TableRows rows;
  private final Map<String, Node> nodes = new LinkedHashMap<>();
  private @Nullable Node last;

  private static final class Node {
    final String called;
    final TableRows.Label label;
    final NodeLines lines = new NodeLines();
    final StateCounts counts = new StateCounts();
    String end = "";
    boolean hasFailed;
    boolean hasEndOfRun;
    long missing;

    Node(String name, TableRows.Label label) {
      this.called = name;
      this.label = label;
    }
  }

  /**
   * @param nodeWidth of the longest name of a node, if they are known; the column grows
   */
  public TableFormatter(FormatOptions options, int nodeWidth) {
    this.options = options;
    this.palette = options.palette();
    this.rows = new TableRows(options, nodeWidth);
  }

  /**
   * A line that the agent has printed, without its line feed.
   *
   * @return what is to be shown by now
   */
  public String line(String node, String line) {
    return line(node, line.getBytes(UTF_8));
  }

  /** The same; the bytes are not to be changed any more. */
  public String line(String node, byte[] line) {
    next(node, line, 0);
    return take();
  }

  void next(String node, byte[] line, int from) {
    Node of = node(node);
    for (NodeLines.Line clear : of.lines.next(line, from)) {
      show(of, clear);
    }
  }

  /** A line as it is, which is not counted. */
  void plain(byte[] line) {
    rows.plain(line);
  }

  /**
   * Bytes that the agent has printed and that got lost on their way. There may have been reports in
   * them.
   */
  public String missing(String node, long bytes) {
    Node of = node(node);
    of.missing += bytes;
    rows.problem(of.label, bytes + " bytes of output are missing here");
    return take();
  }

  /**
   * The node's run is over.
   *
   * @param how in words
   * @param hasFailed whether the agent could not run, or ended badly
   */
  public String ended(String node, String how, boolean hasFailed) {
    over(node, how, hasFailed);
    return take();
  }

  void over(String node, String how, boolean hasFailed) {
    Node of = node(node);
    of.lines.end().forEach(clear -> show(of, clear));
    of.end = Display.visible(how);
    of.hasFailed = hasFailed;
    if (hasFailed) {
      rows.problem(of.label, how);
    }
  }

  /** Nothing more comes: the summary. */
  public String end() {
    sumUp();
    return take();
  }

  void sumUp() {
    nodes.values().forEach(node -> node.lines.end().forEach(clear -> show(node, clear)));
    if (options.fullCompliance()) {
      nodes.values().forEach(this::seekEndOfRun);
    }
    StateCounts all = new StateCounts();
    List<Node> failed = new ArrayList<>();
    rows.row("");
    rows.row(palette.of(palette.header, "Summary"));
    nodes
        .values()
        .forEach(
            node -> {
              all.addAll(node.counts);
              summary(node);
              if (node.hasFailed) {
                failed.add(node);
              }
            });
    rows.row(nodes.size() + (nodes.size() == 1 ? " node, " : " nodes, ") + all.words(palette));
    failed.forEach(this::failure);
  }

  private void seekEndOfRun(Node node) {
    if (!node.hasEndOfRun && !node.hasFailed) {
      node.hasFailed = true;
      node.end = "the agent was interrupted: its run has no end";
      rows.problem(node.label, node.end);
    }
  }

  /**
   * For an exit status, after the end: 1 some agent could not run or ended badly, 2 some policy had
   * an error, 3 something is not compliant, 0 all is well. Where output is missing nobody knows
   * whether some policy had an error: 1, if that counts.
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
    if ((errors || deviations) && nodes.values().stream().anyMatch(node -> node.missing > 0)) {
      return 1;
    }
    boolean hasDeviations = nodes.values().stream().anyMatch(node -> node.counts.hasDeviations());
    return deviations && hasDeviations ? 3 : 0;
  }

  /** Whether nothing has been said of any node. */
  boolean isEmpty() {
    return nodes.isEmpty();
  }

  /** Mostly the same as before. */
  private Node node(String name) {
    Node node = last;
    if (node == null || !node.called.equals(name)) {
      node = nodes.computeIfAbsent(name, this::newNode);
      last = node;
    }
    return node;
  }

  private Node newNode(String name) {
    return new Node(name, rows.label(name));
  }

  private void show(Node node, NodeLines.Line line) {
    switch (line) {
      case NodeLines.Reported report -> {
        if (report.state() != null) {
          node.counts.add(report.state());
        }
        if (isShown(report)) {
          rows.report(node.label, report);
        }
      }
      case NodeLines.Problem(String text) -> rows.problem(node.label, text);
      case NodeLines.Begin begin -> {
        if (options.info()) {
          rows.said(node.label, "begins with configuration " + begin.configuration());
        }
      }
      case NodeLines.End _ -> {
        node.hasEndOfRun = true;
        if (options.info()) {
          rows.said(node.label, "has applied its policies");
        }
      }
      case NodeLines.Said said -> {
        if (options.info() && !said.text().isBlank()) {
          rows.said(node.label, said.text());
        }
      }
    }
  }

  private boolean isShown(NodeLines.Reported report) {
    State state = report.state();
    return !options.raw() && (state == null ? !options.quiet() : state.level.isShown(options));
  }

  private void summary(Node node) {
    String how =
        node.hasFailed
            ? palette.of(palette.bad, "failed") + ", "
            : node.end.isEmpty() ? "" : node.end + ", ";
    String missing =
        node.missing == 0
            ? ""
            : ", " + palette.of(palette.bad, node.missing + " bytes of output are missing");
    rows.row(rows.padded(node.label) + how + node.counts.words(palette) + missing);
  }

  private void failure(Node node) {
    String how = palette.of(palette.bad, "failed: " + node.end);
    rows.row(rows.padded(node.label) + how);
  }

  /** What is to be shown by now. */
  byte[] takeBytes() {
    return rows.take();
  }

  private String take() {
    return new String(rows.take(), UTF_8);
  }
}
