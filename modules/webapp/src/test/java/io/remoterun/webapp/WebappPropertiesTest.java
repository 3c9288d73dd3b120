package io.remoterun.webapp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.remoterun.protocol.http.OutputFormat;
import io.remoterun.webapp.api.ApiSettings;
import io.remoterun.webapp.security.SecuritySettings;
import io.remoterun.webapp.store.Keeping;
import io.remoterun.webapp.store.StoreSettings;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.boot.context.properties.bind.BindHandler;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.bind.handler.NoUnboundElementsBindHandler;
import org.springframework.boot.context.properties.source.ConfigurationPropertySources;
import org.springframework.boot.context.properties.source.MapConfigurationPropertySource;
import org.springframework.boot.env.YamlPropertySourceLoader;
import org.springframework.core.env.PropertySource;
import org.springframework.core.io.FileSystemResource;
import org.springframework.util.unit.DataSize;

class WebappPropertiesTest {
  private static final Bindable<WebappProperties> TARGET = Bindable.of(WebappProperties.class);
  private static final WebappProperties DEFAULTS =
      new WebappProperties(
          Path.of("/var/rudder/run/api-token"),
          Path.of("/var/rudder/lib/relay/nodeslist.json"),
          null,
          DataSize.ofMegabytes(16),
          Duration.ofSeconds(30),
          Duration.ofSeconds(20),
          new ApiSettings(
              14,
              24,
              Duration.ofSeconds(15),
              Duration.ofSeconds(20),
              Duration.ZERO,
              Duration.ofSeconds(10),
              Duration.ofSeconds(30),
              OutputFormat.RAW),
          new WebappProperties.Relay(
              URI.create("http://127.0.0.1:3030/rudder/relay-api/1"),
              Path.of("/var/rudder/run/relay-token"),
              Duration.ofSeconds(5),
              Duration.ofMinutes(1),
              Duration.ofHours(2)),
          new StoreSettings(
              Path.of("/var/rudder/remote-run"),
              "",
              "remote-run",
              Path.of("/var/rudder/remote-run/database-password"),
              8,
              Duration.ofSeconds(5),
              Duration.ofSeconds(30),
              new Keeping(
                  DataSize.ofMegabytes(256),
                  DataSize.ofMegabytes(64),
                  Duration.ofDays(90),
                  DataSize.ofGigabytes(10))),
          new SecuritySettings(
              10, 600, Duration.ofMinutes(30), Duration.ofHours(12), List.of(), null, null),
          new WebappProperties.Compatibility(false),
          new WebappProperties.Traces(null, 1));

  @Test
  void hasDefaultsForRuddersServer() {
    assertThat(bind(Map.of())).isEqualTo(DEFAULTS);
  }

  @Test
  void sampleSaysTheDefaultsAndNothingThatDoesNotExist() throws IOException {
    List<PropertySource<?>> sample =
        new YamlPropertySourceLoader()
            .load("sample", new FileSystemResource("../../config/webapp.yml"));
    Binder binder = new Binder(ConfigurationPropertySources.from(sample));
    assertThat(
            binder.bindOrCreate(
                "remote-run.webapp", TARGET, new NoUnboundElementsBindHandler(BindHandler.DEFAULT)))
        .isEqualTo(DEFAULTS);
  }

  @Test
  void readsEveryKey() {
    WebappProperties read =
        bind(
            Map.ofEntries(
                Map.entry("token-file", "/a"),
                Map.entry("nodes-list-file", "/b"),
                Map.entry("node-properties-file", "/d"),
                Map.entry("output-limit", "1KB"),
                Map.entry("request-timeout", "4s"),
                Map.entry("shutdown-wait", "8s"),
                Map.entry("traces.endpoint", "http://c/v1/traces"),
                Map.entry("traces.sample", "0.5"),
                Map.entry("api.oldest-version", "2"),
                Map.entry("api.newest-version", "3"),
                Map.entry("api.heartbeat", "5s"),
                Map.entry("api.head-wait", "11s"),
                Map.entry("api.blank-lines", "12s"),
                Map.entry("api.start-wait", "6s"),
                Map.entry("api.cancel-wait", "7s"),
                Map.entry("api.output", "rudder"),
                Map.entry("relay.url", "https://r/rudder/relay-api"),
                Map.entry("relay.token-file", "/c"),
                Map.entry("relay.connect-timeout", "1s"),
                Map.entry("relay.silence-timeout", "2s"),
                Map.entry("relay.run-timeout", "3s"),
                Map.entry("store.folder", "/d"),
                Map.entry("store.url", "jdbc:postgresql:e"),
                Map.entry("store.user", "f"),
                Map.entry("store.password-file", "/g"),
                Map.entry("store.pool-size", "2"),
                Map.entry("store.connect-timeout", "5s"),
                Map.entry("store.lease", "9s"),
                Map.entry("security.failures-per-minute", "1"),
                Map.entry("security.triggers-per-minute", "2"),
                Map.entry("security.session-idle-timeout", "3m"),
                Map.entry("security.session-max-age", "4h"),
                Map.entry("security.trusted-proxies", "10.0.0.0/8,::1"),
                Map.entry("store.keep.output", "6MB"),
                Map.entry("store.keep.memory", "9MB"),
                Map.entry("store.keep.age", "7d"),
                Map.entry("store.keep.size", "8MB"),
                Map.entry("compatibility.status-500", "true")));
    assertThat(read)
        .isEqualTo(
            new WebappProperties(
                Path.of("/a"),
                Path.of("/b"),
                Path.of("/d"),
                DataSize.ofKilobytes(1),
                Duration.ofSeconds(4),
                Duration.ofSeconds(8),
                new ApiSettings(
                    2,
                    3,
                    Duration.ofSeconds(5),
                    Duration.ofSeconds(11),
                    Duration.ofSeconds(12),
                    Duration.ofSeconds(6),
                    Duration.ofSeconds(7),
                    OutputFormat.RUDDER),
                new WebappProperties.Relay(
                    URI.create("https://r/rudder/relay-api"),
                    Path.of("/c"),
                    Duration.ofSeconds(1),
                    Duration.ofSeconds(2),
                    Duration.ofSeconds(3)),
                new StoreSettings(
                    Path.of("/d"),
                    "jdbc:postgresql:e",
                    "f",
                    Path.of("/g"),
                    2,
                    Duration.ofSeconds(5),
                    Duration.ofSeconds(9),
                    new Keeping(
                        DataSize.ofMegabytes(6),
                        DataSize.ofMegabytes(9),
                        Duration.ofDays(7),
                        DataSize.ofMegabytes(8))),
                new SecuritySettings(
                    1,
                    2,
                    Duration.ofMinutes(3),
                    Duration.ofHours(4),
                    List.of("10.0.0.0/8", "::1"),
                    null,
                    null),
                new WebappProperties.Compatibility(true),
                new WebappProperties.Traces(URI.create("http://c/v1/traces"), 0.5)));
  }

  @ParameterizedTest
  @CsvSource({
    "request-timeout,0s,must be more than 0",
    "api.oldest-version,0,must be 1 or more",
    "api.newest-version,0,must not be before oldest-version",
    "api.heartbeat,0s,must be more than 0",
    "api.head-wait,0s,must be more than 0",
    "api.blank-lines,-1s,must not be less than 0",
    "api.start-wait,-1s,must not be less than 0",
    "api.cancel-wait,-1s,must not be less than 0",
    "relay.url,ftp://r/,must start with http:// or https://",
    "security.failures-per-minute,0,must be more than 0",
    "security.triggers-per-minute,0,must be more than 0",
    "security.session-idle-timeout,0s,must be more than 0",
    "security.session-max-age,0s,must be more than 0",
    "relay.connect-timeout,0s,must be more than 0",
    "relay.silence-timeout,-1s,must be more than 0",
    "relay.run-timeout,0,must be more than 0",
    "store.url,jdbc:mysql:x,must start with jdbc:postgresql:",
    "store.pool-size,1,must be 2 or more",
    "store.connect-timeout,0s,must be 250ms or more",
    "store.lease,999ms,must be 1s or more",
    "store.folder,/a;b,must have no semicolon",
    "store.keep.output,1KB,must be 4KB or more",
    "store.keep.memory,1MB,must be 8MB or more",
    "store.keep.age,0s,must be more than 0",
    "store.keep.size,0B,must be more than 0"
  })
  void refusesWhatMakesNoSense(String key, String value, String message) {
    assertThatThrownBy(() -> bind(Map.of(key, value)))
        .rootCause()
        .hasMessageContaining("remote-run.webapp." + key)
        .hasMessageContaining(message);
  }

  private static WebappProperties bind(Map<String, String> settings) {
    MapConfigurationPropertySource source = new MapConfigurationPropertySource();
    settings.forEach((key, value) -> source.put("remote-run.webapp." + key, value));
    return new Binder(source).bindOrCreate("remote-run.webapp", TARGET);
  }
}
