package io.remoterun.testing;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import reactor.core.publisher.Hooks;

/** Errors that Reactor dropped because nobody listened. */
final class DroppedErrors implements Watch {
  private final List<String> errors = new CopyOnWriteArrayList<>();

  DroppedErrors() {
    Hooks.onErrorDropped(
        error -> errors.add("dropped by Reactor: " + UncaughtExceptions.text(error)));
  }

  @Override
  public List<String> left() {
    return List.copyOf(errors);
  }

  @Override
  public void end() {
    Hooks.resetOnErrorDropped();
  }
}
