package io.remoterun.protocol.report;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.ArrayList;
import java.util.EnumMap;
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
  private static final int TECHNIQUE = 25;
  private static final int COMPONENT = 25;
  private static final int KEY = 20;
  private static final int STATE = 13;
  private static final byte[] CUT = Display.CUT.getBytes(UTF_8);

  private final FormatOptions options;
  private final Palette palette;
  private final Map<String, Node> nodes = new LinkedHashMap<>();

  /** The cells of mode and state, which are the same in many rows. */
  private final Map<State, byte[]> states = new EnumMap<>(State.class);

  private final Columns out = new Columns();
  private @Nullable Node last;
  private int nodeWidth;
  private boolean hasHeader;

  private static final class Node {
    final String called;

    /** As it is shown. */
    final String name;

    final NodeLines lines = new NodeLines();
    final StateCounts counts = new StateCounts();
    String end = "";
    boolean hasFailed;
    boolean hasEndOfRun;
    long missing;

    /** What its rows begin with, for a column of that width. */
    byte[] prefix = new byte[0];

    int widthOfPrefix = -1;

    Node(String name) {
      this.called = name;
      this.name = Display.visible(name);
    }
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
    out.text(line);
    out.text("\n");
  }

  /**
   * Bytes that the agent has printed and that got lost on their way. There may have been reports in
   * them.
   */
  public String missing(String node, long bytes) {
    Node of = node(node);
    of.missing += bytes;
    problem(of, bytes + " bytes of output are missing here");
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
      problem(of, how);
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
    row("");
    row(palette.of(palette.header, "Summary"));
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
    row(nodes.size() + (nodes.size() == 1 ? " node, " : " nodes, ") + all.words(palette));
    failed.forEach(this::failure);
  }

  private void seekEndOfRun(Node node) {
    if (!node.hasEndOfRun && !node.hasFailed) {
      node.hasFailed = true;
      node.end = "the agent was interrupted: its run has no end";
      problem(node, node.end);
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
    Node node = new Node(name);
    nodeWidth = Math.max(nodeWidth, Display.width(node.name));
    return node;
  }

  private void show(Node node, NodeLines.Line line) {
    switch (line) {
      case NodeLines.Reported report -> {
        if (report.state() != null) {
          node.counts.add(report.state());
        }
        if (isShown(report)) {
          row(node, report);
        }
      }
      case NodeLines.Problem(String text) -> problem(node, text);
      case NodeLines.Begin begin -> {
        if (options.info()) {
          said(node, "begins with configuration " + begin.configuration());
        }
      }
      case NodeLines.End _ -> {
        node.hasEndOfRun = true;
        if (options.info()) {
          said(node, "has applied its policies");
        }
      }
      case NodeLines.Said said -> {
        if (options.info() && !said.text().isBlank()) {
          said(node, said.text());
        }
      }
    }
  }

  private boolean isShown(NodeLines.Reported report) {
    State state = report.state();
    return !options.raw() && (state == null ? !options.quiet() : state.level.isShown(options));
  }

  private void row(Node node, NodeLines.Reported report) {
    if (!hasHeader) {
      hasHeader = true;
      header();
    }
    State state = report.state();
    prefix(node);
    out.text(
        state == null ? stateOf(report) : states.computeIfAbsent(state, known -> stateOf(report)));
    ReportLine line = report.line();
    cell(line, ReportLine.TECHNIQUE, TECHNIQUE);
    cell(line, ReportLine.COMPONENT, COMPONENT);
    if (line.is(ReportLine.KEY, "None")) {
      out.spaces(KEY + 1);
    } else {
      cell(line, ReportLine.KEY, KEY);
    }
    if (state == State.REPORT_JSON) {
      out.text("[JSON object]");
    } else if (Bytes.isPlain(line.bytes, line.message, line.bytes.length)) {
      out.text(line.bytes, line.message, line.bytes.length);
    } else {
      out.utf8(Display.visible(line.messageText()));
    }
    out.text("\n");
  }

  private byte[] stateOf(NodeLines.Reported report) {
    Mode mode = Mode.of(report.line());
    State state = report.state();
    String color = state == null ? palette.normal : state.level.color(palette);
    String word = options.fullStrings() ? mode.word : first(mode.word);
    String cells =
        palette.of(mode.color(palette), Display.padded(word, modeWidth()))
            + " "
            + palette.of(color, cell(report.stateWord(), STATE))
            + " ";
    return cells.getBytes(UTF_8);
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

  /** Most texts are plain: those are copied. */
  private void cell(ReportLine line, int field, int width) {
    int from = line.from(field);
    int to = line.to(field);
    if (!Bytes.isPlain(line.bytes, from, to)) {
      out.utf8(cell(line.field(field), width));
      out.spaces(1);
    } else if (to - from <= width || options.fullStrings()) {
      out.text(line.bytes, from, to);
      out.spaces(Math.max(0, width - (to - from)) + 1);
    } else {
      out.text(line.bytes, from, from + width - 1);
      out.text(CUT);
      out.spaces(1);
    }
  }

  private void header() {
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
    row(palette.of(palette.header, columns));
  }

  private void row(String text) {
    out.utf8(text);
    out.text("\n");
  }

  private void prefix(Node node) {
    if (options.hostColumn()) {
      if (node.widthOfPrefix != nodeWidth) {
        node.widthOfPrefix = nodeWidth;
        node.prefix = (Display.padded(node.name, nodeWidth) + "  ").getBytes(UTF_8);
      }
      out.text(node.prefix);
    }
  }

  private void problem(Node node, String text) {
    if (!options.raw()) {
      prefix(node);
      row(palette.of(palette.bad, "! " + Display.visible(text)));
    }
  }

  private void said(Node node, String text) {
    if (!options.raw()) {
      prefix(node);
      row(palette.of(palette.plain, "  " + Display.visible(text)));
    }
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
    row(Display.padded(node.name, nodeWidth) + "  " + how + node.counts.words(palette) + missing);
  }

  private void failure(Node node) {
    String how = palette.of(palette.bad, "failed: " + node.end);
    row(Display.padded(node.name, nodeWidth) + "  " + how);
  }

  /** What is to be shown by now. */
  byte[] takeBytes() {
    return out.take();
  }

  private String take() {
    return new String(out.take(), UTF_8);
  }
}
