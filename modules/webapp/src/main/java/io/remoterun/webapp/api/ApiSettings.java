package io.remoterun.webapp.api;

import io.remoterun.protocol.http.OutputFormat;
import java.time.Duration;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * How the API answers.
 *
 * @param oldestVersion the first version of Rudder's API that may be asked for; there is but one
 *     API, which serves them all. Rudder 8.0 has 14 to 18, Rudder 9.2 has 21 to 24
 * @param newestVersion the last one
 * @param heartbeat how often a stream of events says something when nothing happens
 * @param headWait how long the answer to a trigger of one node waits for something to tell, so that
 *     its status can say what is wrong; then it begins, with status 200
 * @param blankLines how often an agent's output gets a blank line when nothing is printed; 0: never
 * @param startWait how long the answer to a run of all nodes waits until each has started or failed
 * @param cancelWait how long the answer to a cancel waits until the agents have ended
 * @param output how the answer to a trigger of one node shows what its agent prints
 */
public record ApiSettings(
    @DefaultValue("14") int oldestVersion,
    @DefaultValue("24") int newestVersion,
    @DefaultValue("15s") Duration heartbeat,
    @DefaultValue("20s") Duration headWait,
    @DefaultValue("0s") Duration blankLines,
    @DefaultValue("10s") Duration startWait,
    @DefaultValue("30s") Duration cancelWait,
    @DefaultValue("raw") OutputFormat output) {
  public ApiSettings {
    require(oldestVersion >= 1, "oldest-version must be 1 or more");
    require(newestVersion >= oldestVersion, "newest-version must not be before oldest-version");
    require(heartbeat.isPositive(), "heartbeat must be more than 0");
    require(headWait.isPositive(), "head-wait must be more than 0");
    require(!blankLines.isNegative(), "blank-lines must not be less than 0");
    require(!startWait.isNegative(), "start-wait must not be less than 0");
    require(!cancelWait.isNegative(), "cancel-wait must not be less than 0");
  }

  private static void require(boolean condition, String message) {
    if (!condition) {
      throw new IllegalArgumentException("remote-run.webapp.api." + message);
    }
  }
}
