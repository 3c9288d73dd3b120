package io.remoterun.protocol.report;

/**
 * How the output of agents is shown; the letters are those of {@code rudder agent run}.
 *
 * @param info {@code -i}: also lines that are no reports, and reports of what did not apply
 * @param quiet {@code -q}: only what was changed or is wrong
 * @param fullStrings {@code -w}: nothing is cut to the width of its column
 * @param raw {@code -r}: the agent's lines as they are, and a summary
 * @param color whether the terminal shows colours; {@code -c} is none
 * @param timing {@code -T}: how long each component took
 * @param fullCompliance {@code -g}: the run is for all components, also those that nothing was to
 *     be said of; one without an end was interrupted
 * @param hostColumn whether there may be several hosts: the table has a column for them
 */
public record FormatOptions(
    boolean info,
    boolean quiet,
    boolean fullStrings,
    boolean raw,
    boolean color,
    boolean timing,
    boolean fullCompliance,
    boolean hostColumn) {

  /** None but the column of hosts. */
  public static FormatOptions defaults() {
    return new FormatOptions(false, false, false, false, false, false, false, true);
  }

  Palette palette() {
    return color ? Palette.COLORS : Palette.NONE;
  }
}
