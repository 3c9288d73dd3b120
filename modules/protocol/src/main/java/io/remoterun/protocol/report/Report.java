package io.remoterun.protocol.report;

/**
 * What an agent says about one component, or in passing. Texts are as the agent wrote them; bytes
 * that are no UTF-8 have become U+FFFD.
 *
 * @param state such as {@code result_success}; agents may have words that are not known here
 * @param component of the technique; where it spanned lines they are joined by a space
 * @param key what of the component, {@code None} where there is but one
 * @param time as the agent wrote it, {@code 2026-11-02 08:15:01+00:00}
 * @param node the id of the node
 * @param message for people; JSON in state {@code report_json}
 */
public record Report(
    String technique,
    String state,
    Mode mode,
    String rule,
    String directive,
    String component,
    String key,
    String time,
    String node,
    String message) {

  static Report of(ReportLine line) {
    return new Report(
        line.field(ReportLine.TECHNIQUE),
        line.field(ReportLine.STATE),
        Mode.of(line),
        line.field(ReportLine.RULE),
        line.field(ReportLine.DIRECTIVE),
        line.field(ReportLine.COMPONENT),
        line.field(ReportLine.KEY),
        line.time(),
        line.node(),
        line.messageText());
  }
}
