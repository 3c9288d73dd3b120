package io.remoterun.protocol.report;

/** Whether the agent changes what is not as it should be, or only tells. */
public enum Mode {
  ENFORCE("Enforce", "result_"),
  AUDIT("Audit", "audit_"),
  /** Of what is no component's state, such as a log message. */
  NONE("", "");

  final String word;

  /** What the states begin with that have this mode, also those that are not known here. */
  private final String prefix;

  Mode(String word, String prefix) {
    this.word = word;
    this.prefix = prefix;
  }

  static Mode of(ReportLine line) {
    int from = line.from(ReportLine.STATE);
    int to = line.to(ReportLine.STATE);
    if (Bytes.isAt(line.bytes, from, to, ENFORCE.prefix)) {
      return ENFORCE;
    }
    return Bytes.isAt(line.bytes, from, to, AUDIT.prefix) ? AUDIT : NONE;
  }

  String color(Palette palette) {
    return switch (this) {
      case ENFORCE -> palette.enforce;
      case AUDIT -> palette.audit;
      case NONE -> palette.normal;
    };
  }
}
