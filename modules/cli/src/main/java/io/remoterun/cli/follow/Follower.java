package io.remoterun.cli.follow;

import io.remoterun.cli.console.Failure;
import io.remoterun.cli.console.Progress;
import io.remoterun.cli.console.Shell;
import io.remoterun.cli.console.Signals;
import io.remoterun.cli.http.Heard;
import io.remoterun.cli.http.RunEvents;
import io.remoterun.cli.http.Webapp;
import io.remoterun.protocol.report.FormatOptions;
import io.remoterun.protocol.run.Counts;
import io.remoterun.protocol.run.RunEvent;
import io.remoterun.protocol.run.Tally;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/** Shows a run until it ends, or until the person wants to leave. */
public final class Follower {
  private static final Duration TICK = Duration.ofMillis(100);

  /** The webapp says that nothing happens every 15 s unless it is configured otherwise. */
  private static final Duration LONGEST_SILENCE = Duration.ofSeconds(60);

  /** For the webapp to say that it has heard of a cancel, when the person does not wait. */
  private static final Duration LAST_WAIT = Duration.ofSeconds(5);

  private final Shell shell;
  private final Webapp webapp;
  private final KnownRun run;
  private final Way way;
  private final Told told;
  private final View view;
  private final Tally tally;
  private final Progress progress;
  private final long began = System.nanoTime();
  private volatile @Nullable Thread cancelling;
  private volatile boolean isOver;

  /** As the options of a command say. */
  public Follower(Shell shell, Webapp webapp, KnownRun run, FollowOptions options) {
    this(shell, webapp, run, options.way(shell, run));
  }

  /**
   * As {@code rudder remote run} does it.
   *
   * @param isUnparsed whether it is the bytes of the agents that are wanted
   */
  public static Follower likeRudder(
      Shell shell,
      Webapp webapp,
      KnownRun run,
      FormatOptions format,
      boolean isUnparsed,
      boolean errors,
      boolean deviations) {
    View view = isUnparsed ? Views.raw(shell, run, false) : new RudderView(shell, run, format);
    return new Follower(
        shell,
        webapp,
        run,
        new Way(view, format, errors, deviations, false, false, FollowOptions.PATIENCE));
  }

  private Follower(Shell shell, Webapp webapp, KnownRun run, Way way) {
    this.shell = shell;
    this.webapp = webapp;
    this.run = run;
    this.way = way;
    this.told = new Told(run, way.format());
    this.view = way.view();
    this.tally = new Tally(run.names().keySet());
    this.progress = new Progress(shell, way.hasProgress());
  }

  /**
   * @param signals open since before the run was asked for
   * @return for the shell
   * @throws IOException when nobody reads what is shown; the run goes on
   */
  public int follow(Signals signals) throws IOException {
    try (RunEvents events = new RunEvents(webapp, run.id(), way.patience())) {
      if (way.namesRun()) {
        int nodes = run.names().size();
        shell.problems().say("run " + run.id() + (nodes == 1 ? "" : ", " + nodes + " nodes"));
      }
      view.begin(run);
      long lastHeard = System.nanoTime();
      while (true) {
        Signals.Sign sign = signals.poll();
        if (sign != null) {
          OptionalInt exit = leave(sign, signals);
          if (exit.isPresent()) {
            return exit.getAsInt();
          }
        }
        Heard heard = events.next(TICK);
        if (heard != null) {
          lastHeard = System.nanoTime();
          OptionalInt exit = show(heard);
          if (exit.isPresent()) {
            return exit.getAsInt();
          }
        } else if (System.nanoTime() - lastHeard > LONGEST_SILENCE.toNanos()) {
          lastHeard = System.nanoTime();
          events.hangUp();
        }
        progress.show(this::standing);
      }
    } finally {
      progress.hide();
    }
  }

  private OptionalInt show(Heard heard) throws IOException {
    return switch (heard) {
      case Heard.Line(String line, Optional<RunEvent> event) -> {
        event.ifPresent(tally::see);
        String rows = event.map(told::see).orElse("");
        if (event.filter(it -> it instanceof RunEvent.Heartbeat).isEmpty()) {
          progress.hide();
          view.event(event, line, rows);
        }
        yield OptionalInt.empty();
      }
      case Heard.Lost(String why) -> {
        say(why + "; trying again");
        yield OptionalInt.empty();
      }
      case Heard.Back() -> {
        say("connected again");
        yield OptionalInt.empty();
      }
      case Heard.GivenUp(String why) ->
          throw new Failure(why + ". The run may go on: remote-run follow " + run.id());
      case Heard.End(String line) -> {
        isOver = true;
        progress.hide();
        view.end(line, told.end());
        yield OptionalInt.of(told.exitStatus(way.errors(), way.deviations()));
      }
    };
  }

  private void say(String words) {
    progress.hide();
    shell.problems().say("remote-run: " + words);
  }

  /** What the shell is told where the person leaves. */
  private OptionalInt leave(Signals.Sign sign, Signals signals) {
    if (!(sign instanceof Signals.Signal(String name, int exit))) {
      return OptionalInt.empty();
    }
    progress.hide();
    Thread request = cancelling;
    if (request != null) {
      sayWhatBecameOf(request);
      return OptionalInt.of(exit);
    }
    return switch (name.equals("INT")
        ? new LeaveQuestion(shell, signals).ask()
        : LeaveQuestion.Answer.DETACH) {
      case GO_ON -> {
        say("going on");
        yield OptionalInt.empty();
      }
      case DETACH -> {
        say(
            "the run goes on: remote-run follow "
                + run.id()
                + ", or remote-run cancel "
                + run.id());
        yield OptionalInt.of(exit);
      }
      case CANCEL -> {
        say("cancelling the run");
        Thread asks = Thread.ofVirtual().name("cancel").unstarted(this::cancel);
        cancelling = asks;
        asks.start();
        yield OptionalInt.empty();
      }
    };
  }

  private void cancel() {
    try {
      // What becomes of it comes as events.
      webapp.delete("remote-runs/" + run.id() + "?wait=false");
    } catch (Failure e) {
      cancelling = null;
      // The answer may come after the run's last event, or nobody waits for it any more.
      if (!isOver) {
        shell.problems().say("remote-run: it cannot be cancelled: " + e.getMessage());
      }
    }
  }

  /** Whoever leaves now might take the request away before the webapp has it. */
  private void sayWhatBecameOf(Thread request) {
    try {
      if (!request.join(LAST_WAIT)) {
        isOver = true;
        say("the webapp has not said that it cancels the run: remote-run cancel " + run.id());
      } else if (cancelling != null) {
        say("the run is being cancelled, see remote-run show " + run.id());
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private String standing() {
    Counts counts = tally.counts();
    int ended = counts.targets() - counts.waiting() - counts.running();
    int bad = ended - counts.succeeded();
    long seconds = (System.nanoTime() - began) / 1_000_000_000;
    return "  %d of %d nodes done%s, %d running, %d waiting, %d:%02d"
        .formatted(
            ended,
            counts.targets(),
            bad == 0 ? "" : " (" + bad + " failed)",
            counts.running(),
            counts.waiting(),
            seconds / 60,
            seconds % 60);
  }
}
