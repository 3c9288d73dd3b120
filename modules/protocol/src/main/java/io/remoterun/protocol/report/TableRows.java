package io.remoterun.protocol.report;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.EnumMap;
import java.util.Map;

/**
 * What the rows of a {@link TableFormatter} look like: columns, header and colours. It keeps what
 * is written until it is taken. Not thread-safe.
 */
final class TableRows {
  private static final int TECHNIQUE = 25;
  private static final int COMPONENT = 25;
  private static final int KEY = 20;
  private static final int STATE = 13;
  private static final byte[] CUT = Display.CUT.getBytes(UTF_8);

  private final FormatOptions options;
  private final Palette palette;

  /** The cells of mode and state, which are the same in many rows. */
  private final Map<State, byte[]> states = new EnumMap<>(State.class);

  private final Columns out = new Columns();
  private int nodeWidth;
  private boolean hasHeader;

  /** What stands in the column of nodes for one of them. */
  static final class Label {
    private final String name;

    /** What its rows begin with, for a column of that width. */
    private byte[] prefix = new byte[0];

    private int widthOfPrefix = -1;

    private Label(String name) {
      this.name = name;
    }
  }

  /**
   * @param nodeWidth of the longest name of a node, if they are known; the column grows
   */
  TableRows(FormatOptions options, int nodeWidth) {
    this.options = options;
    this.palette = options.palette();
    this.nodeWidth = Math.max("NODE".length(), nodeWidth);
  }

  /** Widens the column if it has to be wider. */
  Label label(String name) {
    Label label = new Label(Display.visible(name));
    nodeWidth = Math.max(nodeWidth, Display.width(label.name));
    return label;
  }

  String padded(Label node) {
    return Display.padded(node.name, nodeWidth) + "  ";
  }

  /** What a report says. */
  void report(Label node, NodeLines.Reported report) {
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

  /** Text over all columns. */
  void row(String text) {
    out.utf8(text);
    out.text("\n");
  }

  private void prefix(Label node) {
    if (options.hostColumn()) {
      if (node.widthOfPrefix != nodeWidth) {
        node.widthOfPrefix = nodeWidth;
        node.prefix = padded(node).getBytes(UTF_8);
      }
      out.text(node.prefix);
    }
  }

  /** Something is wrong, and in no report. */
  void problem(Label node, String text) {
    if (!options.raw()) {
      prefix(node);
      row(palette.of(palette.bad, "! " + Display.visible(text)));
    }
  }

  /** What else the agent has said. */
  void said(Label node, String text) {
    if (!options.raw()) {
      prefix(node);
      row(palette.of(palette.plain, "  " + Display.visible(text)));
    }
  }

  /** A line as it is. */
  void plain(byte[] line) {
    out.text(line);
    out.text("\n");
  }

  /** What was written since the last call, in UTF-8. */
  byte[] take() {
    return out.take();
  }
}
