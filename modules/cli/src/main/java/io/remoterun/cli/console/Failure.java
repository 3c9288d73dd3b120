package io.remoterun.cli.console;

/** Why what was asked for cannot be done: one sentence for the person, and what to do. */
public final class Failure extends RuntimeException {
  private static final long serialVersionUID = 1;

  private final int exit;

  private Failure(int exit, String message) {
    super(message);
    this.exit = exit;
  }

  public Failure(String message) {
    this(Exit.FAILED, message);
  }

  /** The command line makes no sense. */
  public static Failure usage(String message) {
    return new Failure(Exit.USAGE, message);
  }

  /**
   * The person has left.
   *
   * @param exit what a shell says of a program that the signal ends
   */
  public static Failure left(int exit, String message) {
    return new Failure(exit, message);
  }

  public int exit() {
    return exit;
  }
}
