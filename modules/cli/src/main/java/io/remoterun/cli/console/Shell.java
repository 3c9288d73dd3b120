package io.remoterun.cli.console;

import java.io.FileDescriptor;
import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.Map;

/**
 * What the program was started with.
 *
 * @param in bytes that are piped in
 * @param out for what was asked for; whoever is at its other end may leave
 * @param problems for all else that a person should know
 * @param environment variables
 * @param terminal whether a person looks at it
 */
public record Shell(
    InputStream in,
    OutputStream out,
    Words problems,
    Map<String, String> environment,
    Terminal terminal) {

  /** How wide the terminal is on which the output is shown; elsewhere lines have no end. */
  public int columns() {
    return terminal.out() ? Columns.ofTerminal(environment) : Integer.MAX_VALUE;
  }

  /** Of this process; its output is not buffered, so that nothing waits for a full buffer. */
  public static Shell ofProcess() {
    Map<String, String> environment = System.getenv();
    return new Shell(
        new FileInputStream(FileDescriptor.in),
        new FileOutputStream(FileDescriptor.out),
        new Words(new FileOutputStream(FileDescriptor.err)),
        environment,
        Terminal.ofProcess(environment));
  }
}
