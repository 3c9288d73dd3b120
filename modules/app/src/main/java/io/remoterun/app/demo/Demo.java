package io.remoterun.app.demo;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Stream;

/**
 * The demo: a webapp, a root relay, a relay below it and three nodes in this JVM, with real keys
 * and real TLS on loopback, and one run of the node behind the relay to watch.
 */
public final class Demo {
  private static final int WRONG_USE = 2;

  private final Class<?> application;
  private final DemoOptions options;
  private final PrintStream out;
  private final boolean hasColours;
  private final CountDownLatch closed = new CountDownLatch(1);

  private Demo(Class<?> application, DemoOptions options, PrintStream out, boolean hasColours) {
    this.application = application;
    this.options = options;
    this.out = out;
    this.hasColours = hasColours;
  }

  /**
   * Blocks until the run has ended ({@code --once}) or the process is told to end.
   *
   * @param application has the roles by their profiles
   * @param hasColours whether what is printed is for a terminal that shows colours
   * @return the exit status for the process
   */
  public static int run(Class<?> application, List<String> arguments, boolean hasColours) {
    DemoOptions options;
    try {
      options = DemoOptions.parse(arguments);
    } catch (IllegalArgumentException e) {
      System.err.println("remote-run: " + e.getMessage());
      return WRONG_USE;
    }
    try {
      return new Demo(application, options, System.out, hasColours).run();
    } catch (IOException | RuntimeException e) {
      // Returns, and so ends the process: roles that have started would keep it alive.
      System.err.println("remote-run: the demo cannot go on: " + words(e));
      return 1;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return 1;
    }
  }

  /** Spring wraps what happened; the innermost cause has the words that help. */
  private static String words(Throwable error) {
    Throwable cause = error;
    while (cause.getCause() != null) {
      cause = cause.getCause();
    }
    // A file system's message is the path alone.
    String message = cause.getMessage();
    return message == null || cause instanceof FileSystemException ? cause.toString() : message;
  }

  private int run() throws IOException, InterruptedException {
    DemoFolder folder = DemoFolder.take(options.state());
    DemoState state = DemoState.prepare(folder.path());
    DemoLogs logs = DemoLogs.start(state);
    DemoFleet fleet = new DemoFleet(application, state, out);
    // Ctrl-C ends the JVM by its shutdown hooks; this one is all the cleaning up there is.
    Thread hook = new Thread(() -> close(fleet, logs, folder), "demo-shutdown");
    Runtime.getRuntime().addShutdownHook(hook);
    DemoText text = new DemoText(out);
    text.welcome(state, options.state().isPresent());
    fleet.start();
    DemoEnvironment.write(fleet, state);
    DemoFile.write(fleet, state);
    text.beforeRun();
    long started = System.nanoTime();
    int exit =
        new DemoRun(out, hasColours).trigger(fleet.webappUrl(), fleet.webappToken(), DemoHost.SHOP);
    text.afterRun(exit, System.nanoTime() - started);
    if (!options.once()) {
      text.whatToTry(fleet, DemoEnvironment.file(state));
      closed.await();
    }
    return exit;
  }

  private void close(DemoFleet fleet, DemoLogs logs, DemoFolder folder) {
    fleet.close();
    logs.stop();
    if (options.state().isEmpty()) {
      delete(folder.path());
    }
    release(folder);
    closed.countDown();
  }

  private static void release(DemoFolder folder) {
    try {
      folder.close();
    } catch (IOException e) {
      System.err.println("remote-run: " + folder.path() + " stays locked for a moment: " + e);
    }
  }

  private static void delete(Path folder) {
    try (Stream<Path> paths = Files.walk(folder)) {
      for (Path path : paths.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(path);
      }
    } catch (IOException e) {
      System.err.println("remote-run: " + folder + " is left: " + e);
    }
  }
}
