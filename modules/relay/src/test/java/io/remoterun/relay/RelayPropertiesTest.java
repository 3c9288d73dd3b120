package io.remoterun.relay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.remoterun.protocol.http.OutputFormat;
import io.remoterun.protocol.run.NodeId;
import io.remoterun.relay.RelayProperties.Addresses;
import io.remoterun.relay.RelayProperties.Authentication;
import io.remoterun.relay.RelayProperties.Command;
import io.remoterun.relay.RelayProperties.Deadlines;
import io.remoterun.relay.RelayProperties.Http;
import io.remoterun.relay.RelayProperties.Https;
import io.remoterun.relay.RelayProperties.KeptRuns;
import io.remoterun.relay.RelayProperties.PeerAuthentication;
import io.remoterun.relay.RelayProperties.Traces;
import io.remoterun.relay.RelayProperties.Transport;
import io.remoterun.relay.RelayProperties.UnknownKeys;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.context.properties.bind.BindHandler;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.bind.handler.NoUnboundElementsBindHandler;
import org.springframework.boot.context.properties.source.ConfigurationPropertySources;
import org.springframework.boot.env.YamlPropertySourceLoader;
import org.springframework.core.env.PropertySource;
import org.springframework.core.io.FileSystemResource;
import org.springframework.util.unit.DataSize;

class RelayPropertiesTest {
  private static final String HASH = "sha256//" + "A".repeat(43) + "=";
  private static final RelayProperties DEFAULTS =
      new RelayProperties(
          null,
          Path.of("/opt/rudder/etc/uuid.hive"),
          true,
          true,
          Path.of("/var/rudder/lib/relay/nodeslist.json"),
          Path.of("/var/rudder/lib/ssl/shared/allnodescerts.pem"),
          Path.of("/var/rudder/cfengine-community/ppkeys"),
          new Http(
              new HostAndPort("127.0.0.1", 3030),
              Authentication.TOKEN,
              Path.of("/var/rudder/run/relay-token")),
          new Https(null, List.of(), null, null),
          443,
          Duration.ofSeconds(2),
          PeerAuthentication.CERT_PINNING,
          null,
          5309,
          Map.of(),
          Transport.CFENGINE,
          new Command("/opt/rudder/bin/rudder", true, 0, 10),
          UnknownKeys.REFUSE,
          Path.of("/var/rudder/lib/relay/node-keys"),
          "root",
          1000,
          2000,
          16,
          100,
          OutputFormat.RAW,
          DataSize.ofKilobytes(64),
          new KeptRuns(
              null,
              Duration.ofHours(1),
              1000,
              DataSize.ofMegabytes(64),
              DataSize.ofMegabytes(16),
              DataSize.ofMegabytes(64),
              DataSize.ofGigabytes(1)),
          new Deadlines(
              Duration.ofSeconds(5),
              Duration.ofSeconds(5),
              Duration.ofSeconds(30),
              Duration.ofMinutes(15),
              Duration.ofSeconds(10),
              Duration.ofMinutes(65),
              Duration.ofSeconds(60),
              Duration.ofMinutes(90),
              Duration.ofSeconds(15),
              Duration.ofSeconds(20)),
          new Traces(null, 1));

  @Test
  void hasDefaultsForRuddersRootServer() {
    assertThat(bind(Map.of())).isEqualTo(DEFAULTS);
  }

  @Test
  void sampleSaysTheDefaultsAndNothingThatDoesNotExist() throws IOException {
    List<PropertySource<?>> sample =
        new YamlPropertySourceLoader()
            .load("sample", new FileSystemResource("../../config/relay.yml"));
    Binder binder = new Binder(ConfigurationPropertySources.from(sample));

    assertThat(
            binder.bindOrCreate(
                "remote-run.relay",
                Bindable.of(RelayProperties.class),
                new NoUnboundElementsBindHandler(BindHandler.DEFAULT)))
        .isEqualTo(DEFAULTS);
  }

  @Test
  void readsEveryKey() {
    String node = "37817c4d-fbf7-4850-a985-50021f4e8f41";
    RelayProperties read =
        bind(
            Map.ofEntries(
                Map.entry("id", node),
                Map.entry("id-file", "/i"),
                Map.entry("enabled", "false"),
                Map.entry("reload-on-hangup", "false"),
                Map.entry("nodes-list-file", "/a"),
                Map.entry("nodes-certs-file", "/b"),
                Map.entry("keys", "/c"),
                Map.entry("http.listen", "[::1]:0"),
                Map.entry("http.authentication", "none"),
                Map.entry("http.token-file", "/d"),
                Map.entry("https.listen", "0.0.0.0:443"),
                Map.entry("https.clients[0]", HASH),
                Map.entry("https.certificate", "/e"),
                Map.entry("https.key", "/f"),
                Map.entry("https-port", "1"),
                Map.entry("https-idle-timeout", "9s"),
                Map.entry("peer-authentication", "cert_validation"),
                Map.entry("ca-path", "/g"),
                Map.entry("node-port", "2"),
                Map.entry("addresses[" + node + "].node", "a:3"),
                Map.entry("addresses[" + node + "].https", "b:4"),
                Map.entry("addresses[" + node + "].transport", "cfengine"),
                Map.entry("transport", "command"),
                Map.entry("command.program", "/e"),
                Map.entry("command.sudo", "false"),
                Map.entry("command.hosts-at-once", "9"),
                Map.entry("command.commands-at-once", "10"),
                Map.entry("unknown-keys", "store"),
                Map.entry("stored-keys", "/h"),
                Map.entry("user", "rudder"),
                Map.entry("nodes-at-once", "5"),
                Map.entry("connections", "9"),
                Map.entry("handshakes-at-once", "10"),
                Map.entry("runs-at-once", "6"),
                Map.entry("output", "table"),
                Map.entry("max-line", "7B"),
                Map.entry("runs.folder", "/runs"),
                Map.entry("runs.keep", "9s"),
                Map.entry("runs.output", "11B"),
                Map.entry("runs.output-of-node", "12B"),
                Map.entry("runs.memory", "13B"),
                Map.entry("runs.disk", "14B"),
                Map.entry("runs.most", "10"),
                Map.entry("deadlines.connect", "1s"),
                Map.entry("deadlines.handshake", "2s"),
                Map.entry("deadlines.answer", "3s"),
                Map.entry("deadlines.node-silence", "4s"),
                Map.entry("deadlines.cancel", "9s"),
                Map.entry("deadlines.node-run", "5s"),
                Map.entry("deadlines.silence", "6s"),
                Map.entry("deadlines.run", "7s"),
                Map.entry("deadlines.heartbeat", "8s"),
                Map.entry("deadlines.shutdown", "10s"),
                Map.entry("traces.endpoint", "http://c/v1/traces"),
                Map.entry("traces.sample", "0.5")));

    assertThat(read)
        .isEqualTo(
            new RelayProperties(
                node,
                Path.of("/i"),
                false,
                false,
                Path.of("/a"),
                Path.of("/b"),
                Path.of("/c"),
                new Http(new HostAndPort("::1", 0), Authentication.NONE, Path.of("/d")),
                new Https(
                    new HostAndPort("0.0.0.0", 443), List.of(HASH), Path.of("/e"), Path.of("/f")),
                1,
                Duration.ofSeconds(9),
                PeerAuthentication.CERT_VALIDATION,
                Path.of("/g"),
                2,
                Map.of(
                    node,
                    new Addresses(
                        new HostAndPort("a", 3), new HostAndPort("b", 4), Transport.CFENGINE)),
                Transport.COMMAND,
                new Command("/e", false, 9, 10),
                UnknownKeys.STORE,
                Path.of("/h"),
                "rudder",
                5,
                9,
                10,
                6,
                OutputFormat.TABLE,
                DataSize.ofBytes(7),
                new KeptRuns(
                    Path.of("/runs"),
                    Duration.ofSeconds(9),
                    10,
                    DataSize.ofBytes(11),
                    DataSize.ofBytes(12),
                    DataSize.ofBytes(13),
                    DataSize.ofBytes(14)),
                new Deadlines(
                    Duration.ofSeconds(1),
                    Duration.ofSeconds(2),
                    Duration.ofSeconds(3),
                    Duration.ofSeconds(4),
                    Duration.ofSeconds(9),
                    Duration.ofSeconds(5),
                    Duration.ofSeconds(6),
                    Duration.ofSeconds(7),
                    Duration.ofSeconds(8),
                    Duration.ofSeconds(10)),
                new Traces(URI.create("http://c/v1/traces"), 0.5)));
    assertThat(read.addressesOf(new NodeId(node))).isPresent();
    assertThat(read.addressesOf(NodeId.ROOT)).isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      value = {
        "id|../root|invalid node id: ../root",
        "http.listen|3030|'3030' should be HOST:PORT, such as 127.0.0.1:443",
        "https.listen|*:https|'*:https' should be HOST:PORT, such as 127.0.0.1:443",
        "https.clients|sha256:|remote-run.relay.https.clients has an entry without a hash: sha256:",
        "https.clients|x|invalid key hash: x should start with sha256// or sha256:",
        "https.key|/k|remote-run.relay.https.key is of no use without https.certificate, the"
            + " certificate of that key",
        "https-idle-timeout|0s|remote-run.relay.https-idle-timeout must be more than 0",
        "https-port|0|remote-run.relay.https-port must be 1 to 65535, and is 0",
        "node-port|65536|remote-run.relay.node-port must be 1 to 65535, and is 65536",
        "nodes-at-once|0|remote-run.relay.nodes-at-once must be at least 1, and is 0",
        "connections|0|remote-run.relay.connections must be at least 1, and is 0",
        "handshakes-at-once|0|remote-run.relay.handshakes-at-once must be at least 1, and is 0",
        "command.program|\" \"|remote-run.relay.command.program must not be empty",
        "command.hosts-at-once|-1|remote-run.relay.command.hosts-at-once must not be negative",
        "command.commands-at-once|0|remote-run.relay.command.commands-at-once must be at least 1",
        "runs-at-once|0|remote-run.relay.runs-at-once must be at least 1, and is 0",
        "max-line|0|remote-run.relay.max-line must be 1B to 128KB, and is 0B",
        "max-line|2MB|remote-run.relay.max-line must be 1B to 128KB, and is 2097152B",
        "runs.disk|-1B|remote-run.relay.runs.output, output-of-node, memory and disk must not be"
            + " negative",
        "runs.most|0|remote-run.relay.runs.most must be at least 1, and is 0",
        "deadlines.run|0s|remote-run.relay.deadlines must all be more than 0",
        "addresses[../x].node|a:1|invalid node id: ../x",
      })
  void refusesWhatMakesNoSense(String key, String value, String message) {
    assertThatThrownBy(() -> bind(Map.of(key, value))).rootCause().hasMessage(message);
  }

  @ParameterizedTest
  @ValueSource(strings = {"cert_pinning", "cert_validation", "dangerous_none"})
  void peerAuthenticationIsNamedAsRelaydNamesIt(String name) {
    assertThat(bind(Map.of("peer-authentication", name)).peerAuthentication())
        .hasToString(name.toUpperCase(Locale.ROOT));
  }

  @Test
  void noAuthenticationIsForLoopbackOnly() {
    assertThatThrownBy(
            () -> bind(Map.of("http.authentication", "none", "http.listen", "0.0.0.0:3030")))
        .rootCause()
        .hasMessageContaining("http.authentication can be none only where http.listen is");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", ":1", "a", "a:", "a:b", "a:65536", "::1:80", "[g]:1", "a b:1"})
  void anAddressHasHostAndPort(String text) {
    assertThatIllegalArgumentException().isThrownBy(() -> HostAndPort.valueOf(text));
  }

  @Test
  void anAddressIsWrittenAsItIsRead() {
    for (String text : List.of("127.0.0.1:3030", "relay.example.org:443", "[::1]:0")) {
      assertThat(HostAndPort.valueOf(text)).hasToString(text);
    }
  }

  private static RelayProperties bind(Map<String, String> settings) {
    Map<String, String> all = new HashMap<>();
    settings.forEach((key, value) -> all.put("remote-run.relay." + key, value));
    return TestRelay.bind(all);
  }
}
