package io.remoterun.webapp;

import io.remoterun.webapp.api.ApiSettings;
import io.remoterun.webapp.runs.RootRelay;
import io.remoterun.webapp.security.SecuritySettings;
import io.remoterun.webapp.store.StoreSettings;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;

/**
 * The webapp's settings, documented one by one in {@code config/webapp.yml}. Address and port are
 * Boot's own {@code server.address} and {@code server.port}.
 *
 * @param tokenFile gets the system token, a new one at each start; a file beside it, the same as a
 *     header
 * @param nodesListFile the root server's node list: which nodes there are
 * @param nodePropertiesFile what else is known of them, if there is such a file
 * @param outputLimit how much of one agent's output is kept; of more than that the middle is lost,
 *     and a line says so
 * @param requestTimeout how long a client may take to send the whole of a request
 * @param shutdownWait how long a webapp that is stopped lets those go on who follow runs
 * @param store where runs and accounts are kept
 * @param security limits, sessions, and who else knows people
 */
@ConfigurationProperties(prefix = "remote-run.webapp", ignoreUnknownFields = false)
public record WebappProperties(
    @DefaultValue("/var/rudder/run/api-token") Path tokenFile,
    @DefaultValue("/var/rudder/lib/relay/nodeslist.json") Path nodesListFile,
    @Nullable Path nodePropertiesFile,
    @DefaultValue("16MB") DataSize outputLimit,
    @DefaultValue("30s") Duration requestTimeout,
    @DefaultValue("20s") Duration shutdownWait,
    @DefaultValue ApiSettings api,
    @DefaultValue Relay relay,
    @DefaultValue StoreSettings store,
    @DefaultValue SecuritySettings security,
    @DefaultValue Compatibility compatibility,
    @DefaultValue Traces traces) {

  public WebappProperties {
    require(isPositive(requestTimeout), "request-timeout must be more than 0");
    require(!shutdownWait.isNegative(), "shutdown-wait must not be negative");
  }

  /**
   * The root relay.
   *
   * @param url up to and including {@code /rudder/relay-api/1}
   * @param tokenFile holds what the relay wants to be shown; where there is no such file, nothing
   *     is shown
   * @param connectTimeout for the connection to the relay
   * @param silenceTimeout how long the relay may send nothing at all; it sends a heartbeat more
   *     often
   * @param runTimeout for a run as a whole
   */
  public record Relay(
      @DefaultValue("http://127.0.0.1:3030/rudder/relay-api/1") URI url,
      @DefaultValue("/var/rudder/run/relay-token") Path tokenFile,
      @DefaultValue("5s") Duration connectTimeout,
      @DefaultValue("1m") Duration silenceTimeout,
      @DefaultValue("2h") Duration runTimeout) {
    public Relay {
      require(
          "http".equals(url.getScheme()) || "https".equals(url.getScheme()),
          "relay.url must start with http:// or https://, and is " + url);
      require(isPositive(connectTimeout), "relay.connect-timeout must be more than 0");
      require(isPositive(silenceTimeout), "relay.silence-timeout must be more than 0");
      require(isPositive(runTimeout), "relay.run-timeout must be more than 0");
    }

    RootRelay.Deadlines deadlines() {
      return new RootRelay.Deadlines(connectTimeout, silenceTimeout);
    }
  }

  /**
   * For clients that rely on what Rudder does where it is wrong.
   *
   * @param status500 answer an unknown node with status 500 instead of 404, and one whose agent
   *     cannot be triggered with 500 instead of 409
   */
  public record Compatibility(@DefaultValue("false") boolean status500) {}

  /**
   * @param endpoint of an OpenTelemetry collector (OTLP over HTTP); null: nothing is recorded
   * @param sample which share of the traces that begin here, 0 to 1
   */
  public record Traces(@Nullable URI endpoint, @DefaultValue("1") double sample) {
    public Traces {
      require(sample >= 0 && sample <= 1, "traces.sample must be 0 to 1, and is " + sample);
    }
  }

  private static boolean isPositive(Duration duration) {
    return duration.isPositive();
  }

  private static void require(boolean condition, String message) {
    if (!condition) {
      throw new IllegalArgumentException("remote-run.webapp." + message);
    }
  }
}
