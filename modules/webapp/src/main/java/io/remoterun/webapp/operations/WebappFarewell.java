package io.remoterun.webapp.operations;

import io.remoterun.operations.followers.Followers;
import io.remoterun.webapp.runs.WebRuns;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;

/**
 * How the webapp is stopped, before its web server is: nothing new begins, who follows a run is
 * given time, and who is left then gets a last line. The runs are not touched: they go on at the
 * relay, and another webapp, or the next start of this one, takes them up.
 */
public final class WebappFarewell implements SmartLifecycle {
  private static final Logger log = LoggerFactory.getLogger("remote-run.webapp");

  private final WebRuns runs;
  private final Followers followers;
  private final Duration wait;
  private volatile boolean isRunning;

  public WebappFarewell(WebRuns runs, Followers followers, Duration wait) {
    this.runs = runs;
    this.followers = followers;
    this.wait = wait;
  }

  @Override
  public void start() {
    isRunning = true;
  }

  @Override
  public boolean isRunning() {
    return isRunning;
  }

  @Override
  public void stop() {
    isRunning = false;
    followers.leave();
    if (followers.count() > 0) {
      log.info(
          "is stopped: takes no new runs, and lets {} who follow some go on for {} s",
          followers.count(),
          wait.toSeconds());
    }
    try {
      followers.areGone(wait);
      followers.end();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    long open = runs.standing().count();
    if (open > 0) {
      log.warn("{} runs go on at the relay; the next start takes them up", open);
    }
  }
}
