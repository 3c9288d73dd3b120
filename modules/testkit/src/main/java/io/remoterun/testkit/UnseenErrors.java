package io.remoterun.testkit;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Hooks;

/** Exceptions that ended a thread, and errors that Reactor dropped because nobody listened. */
final class UnseenErrors implements Watch {
  private final List<String> errors = new CopyOnWriteArrayList<>();
  private final Thread.@Nullable UncaughtExceptionHandler before =
      Thread.getDefaultUncaughtExceptionHandler();

  UnseenErrors() {
    Thread.setDefaultUncaughtExceptionHandler(
        (thread, error) -> errors.add("uncaught in thread " + thread.getName() + text(error)));
    Hooks.onErrorDropped(error -> errors.add("dropped by Reactor" + text(error)));
  }

  private static String text(Throwable error) {
    StringWriter text = new StringWriter();
    error.printStackTrace(new PrintWriter(text));
    return ": " + text;
  }

  @Override
  public List<String> left() {
    return List.copyOf(errors);
  }

  @Override
  public void end() {
    Hooks.resetOnErrorDropped();
    Thread.setDefaultUncaughtExceptionHandler(before);
  }
}
