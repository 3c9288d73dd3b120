package io.remoterun.testing;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;

/** Exceptions that ended a thread. */
final class UncaughtExceptions implements Watch {
  private final List<String> errors = new CopyOnWriteArrayList<>();
  private final Thread.@Nullable UncaughtExceptionHandler before =
      Thread.getDefaultUncaughtExceptionHandler();

  UncaughtExceptions() {
    Thread.setDefaultUncaughtExceptionHandler(
        (thread, error) ->
            errors.add("uncaught in thread " + thread.getName() + ": " + text(error)));
  }

  static String text(Throwable error) {
    StringWriter text = new StringWriter();
    error.printStackTrace(new PrintWriter(text));
    return text.toString();
  }

  @Override
  public List<String> left() {
    return List.copyOf(errors);
  }

  @Override
  public void end() {
    Thread.setDefaultUncaughtExceptionHandler(before);
  }
}
