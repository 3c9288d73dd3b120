package io.remoterun.cli.console;

/** What the program tells the shell. 0 to 3 are those of {@code rudder remote run}. */
public final class Exit {
  public static final int FINE = 0;

  /** Some agent could not run or ended badly, or what was asked for could not be done. */
  public static final int FAILED = 1;

  /** With {@code -e}: some policy had an error. */
  public static final int POLICY_ERROR = 2;

  /** With {@code -E}: something is not compliant. */
  public static final int NOT_COMPLIANT = 3;

  /** The command line makes no sense; as in sysexits.h, because 2 says something else. */
  public static final int USAGE = 64;

  /** Nobody reads the output any more; what a shell says of a program that SIGPIPE has ended. */
  public static final int NO_READER = 141;

  private Exit() {}
}
