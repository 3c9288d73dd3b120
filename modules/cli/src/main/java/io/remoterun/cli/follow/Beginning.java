package io.remoterun.cli.follow;

import io.remoterun.cli.console.Failure;
import io.remoterun.cli.console.Shell;
import io.remoterun.cli.console.Signals;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * From the request for a run to the answer that names it. Whoever leaves in between would have
 * begun something without knowing what.
 */
public final class Beginning {
  private static final long MILLIS_BETWEEN_LOOKS = 100;

  private Beginning() {}

  /**
   * Waits for the answer. A first signal is left for whoever watches the run then; a second one
   * ends the waiting.
   *
   * @param signals open, so that none ends the program while it waits
   * @param request for a run; its failure is thrown here
   */
  public static KnownRun await(Shell shell, Signals signals, Supplier<JsonNode> request) {
    FutureTask<JsonNode> answer = new FutureTask<>(request::get);
    Thread.ofVirtual().name("begin").start(answer);
    Signals.@Nullable Signal first = null;
    while (true) {
      try {
        KnownRun run = KnownRun.of(answer.get(MILLIS_BETWEEN_LOOKS, TimeUnit.MILLISECONDS));
        if (first != null) {
          signals.again(first);
        }
        return run;
      } catch (TimeoutException e) {
        if (signals.poll() instanceof Signals.Signal signal) {
          if (first != null) {
            throw Failure.left(
                signal.exit(),
                "the webapp has not answered; whether there is a run, remote-run runs tells");
          }
          first = signal;
          shell
              .problems()
              .say("remote-run: waiting for the webapp to name the run; again: leave without it");
        }
      } catch (ExecutionException e) {
        throw e.getCause() instanceof RuntimeException failed
            ? failed
            : new IllegalStateException(e.getCause());
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new Failure("interrupted");
      }
    }
  }
}
