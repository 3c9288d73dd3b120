package io.remoterun.protocol.report;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** The states of reports, with the words that Rudder shows for them. */
enum State {
  RESULT_SUCCESS(Mode.ENFORCE, "compliant", Level.GOOD),
  RESULT_REPAIRED(Mode.ENFORCE, "repaired", Level.CHANGED),
  RESULT_NA(Mode.ENFORCE, "n/a", Level.DETAIL),
  RESULT_ERROR(Mode.ENFORCE, "error", Level.BAD),
  AUDIT_COMPLIANT(Mode.AUDIT, "compliant", Level.GOOD),
  AUDIT_NA(Mode.AUDIT, "n/a", Level.DETAIL),
  AUDIT_NONCOMPLIANT(Mode.AUDIT, "non-compliant", Level.DEVIATING),
  AUDIT_ERROR(Mode.AUDIT, "error", Level.BAD),
  LOG_WARN(Mode.NONE, "warning", Level.DEVIATING),
  LOG_INFO(Mode.NONE, "info", Level.INFO),
  LOG_DEBUG(Mode.NONE, "info", Level.INFO),
  LOG_TRACE(Mode.NONE, "info", Level.INFO),
  LOG_REPAIRED(Mode.NONE, "info", Level.INFO),
  REPORT_JSON(Mode.NONE, "report_json", Level.JSON);

  /** When a report is shown, and in which colour. */
  enum Level {
    /** Unless quiet. */
    GOOD,
    CHANGED,
    BAD,
    DEVIATING,
    /** Only with info; good. */
    DETAIL,
    /** Only with info. */
    INFO,
    /** Unless quiet, and its message is not for people. */
    JSON;

    boolean isShown(FormatOptions options) {
      return switch (this) {
        case GOOD, JSON -> !options.quiet();
        case DETAIL, INFO -> options.info();
        case CHANGED, BAD, DEVIATING -> true;
      };
    }

    String color(Palette palette) {
      return switch (this) {
        case GOOD, DETAIL -> palette.good;
        case CHANGED -> palette.changed;
        case BAD -> palette.bad;
        case DEVIATING -> palette.deviating;
        case INFO, JSON -> palette.info;
      };
    }
  }

  private static final State[] ALL = values();

  private final String field = name().toLowerCase(Locale.ROOT);

  final Mode mode;
  final String word;
  final Level level;

  State(Mode mode, String word, Level level) {
    this.mode = mode;
    this.word = word;
    this.level = level;
  }

  /** That of a report's third field; {@code null} for one that is not known here. */
  static @Nullable State of(ReportLine line) {
    for (State state : ALL) {
      if (line.is(ReportLine.STATE, state.field)) {
        return state;
      }
    }
    return null;
  }

  /** The colour of a word that is shown, also where an unknown state happens to be that word. */
  static String colorOfWord(ReportLine line, Palette palette) {
    for (State state : ALL) {
      if (line.is(ReportLine.STATE, state.word)) {
        return state.level.color(palette);
      }
    }
    return "";
  }
}
