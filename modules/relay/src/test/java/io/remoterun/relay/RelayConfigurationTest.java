package io.remoterun.relay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.remoterun.relay.api.RelayServers;
import io.remoterun.relay.transport.Transports;
import io.remoterun.testkit.CapturedLog;
import io.remoterun.testkit.NeedsHangup;
import io.remoterun.testkit.TestHost;
import java.io.IOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.AnnotationConfigApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Primary;
import org.springframework.core.env.MapPropertySource;

/** The role as Spring starts it. */
@Timeout(30)
class RelayConfigurationTest {
  @TempDir private Path folder;
  private TestHost host;

  @Configuration(proxyBeanMethods = false)
  static class Nodes {
    @Bean
    @Primary
    Transports scripted() {
      return Transports.only(new ScriptedTransport());
    }
  }

  @BeforeEach
  void make() throws IOException {
    host = TestHost.make(folder, "root");
    Files.writeString(folder.resolve("uuid.hive"), "root\n");
    Files.writeString(
        list(),
        """
        {"root": {"hostname": "localhost", "policy-server": "root"},
         "n1": {"hostname": "localhost", "policy-server": "root", "key-hash": "%s"},
         "n2": {"policy-server": "root"}}
        """
            .formatted(host.hash()));
  }

  @Test
  void startsAndServesAndStops() throws Exception {
    URI url;
    try (CapturedLog log = CapturedLog.of("remote-run.relay.root");
        Http http = new Http()) {
      try (ConfigurableApplicationContext context = start(Map.of())) {
        int port = context.getBean(RelayServers.class).http().getPort();
        url = URI.create("http://127.0.0.1:" + port + "/rudder/relay-api/1");
        String token = Files.readString(folder.resolve("token")).strip();

        assertThat(
                http.post(
                        url,
                        "/remote-run/nodes/n1",
                        "keep_output=true",
                        Map.of("Authorization", "Bearer " + token))
                    .body())
            .isEqualTo("n1: OK []\n");
        assertThatThrownBy(context.getBean(RelayServers.class)::https)
            .hasMessage("this relay does not listen there");
        log.await("WARN ", "node n2 is left out: hostname should be a text that is not empty");
        log.await("WARN there is no ", "allnodescerts.pem");
        log.await("INFO relay root with key " + host.digest());
      }
      assertThatThrownBy(() -> http.post(url, "/remote-run/all", ""))
          .isInstanceOf(IOException.class);
    }
  }

  @Test
  void triggersNodesWithCfenginesProtocolWhereTheSettingsSay() throws Exception {
    int port;
    try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = free.getLocalPort();
    }
    Map<String, String> settings =
        Map.of("addresses[n1].node", "127.0.0.1:" + port, "http.authentication", "none");
    try (ConfigurableApplicationContext context = start(settings, RelayConfiguration.class);
        Http http = new Http()) {
      URI url =
          URI.create(
              "http://127.0.0.1:"
                  + context.getBean(RelayServers.class).http().getPort()
                  + "/rudder/relay-api/1");
      HttpResponse<String> response = http.post(url, "/remote-run/nodes/n1", "keep_output=true");

      assertThat(response.statusCode()).isEqualTo(502);
      assertThat(response.body())
          .startsWith("n1: error: relay root: ")
          .contains("127.0.0.1:" + port, "refused");
    }
  }

  @Test
  void aPortThatIsTakenIsSaidWithTheSettingToChange() throws IOException {
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      String address = "127.0.0.1:" + taken.getLocalPort();
      assertThatThrownBy(() -> start(Map.of("https.listen", address)).close())
          .hasRootCauseInstanceOf(BindException.class)
          .hasStackTraceContaining("cannot listen on " + address)
          .hasStackTraceContaining("or change remote-run.relay.https.listen");
    }
  }

  @Test
  void aBrokenNodeListIsSaidWithItsFile() throws IOException {
    Files.writeString(list(), "{");
    assertThatThrownBy(() -> start(Map.of()).close())
        .hasStackTraceContaining(
            list() + ": line 1: Unexpected end-of-input: expected close marker for Object\n");
  }

  @NeedsHangup
  @Test
  void aHangupSignalIsAReload() throws Exception {
    try (CapturedLog log = CapturedLog.of("remote-run.relay.root")) {
      try (ConfigurableApplicationContext context = start(Map.of())) {
        assertThat(context.isRunning()).isTrue();
        hangUp();
        log.await("INFO SIGHUP asks for a reload");
        log.await("INFO node list and certificates have been read again");

        Files.writeString(list(), "{");
        hangUp();
        log.await("ERROR cannot reload, the version before is still used: " + list());
      }
    }
  }

  private static void hangUp() throws Exception {
    String self = Long.toString(ProcessHandle.current().pid());
    assertThat(new ProcessBuilder("kill", "-HUP", self).start().waitFor()).isZero();
  }

  @Test
  void withoutAnIdItSaysWhereToPutOne() throws IOException {
    Path file = folder.resolve("uuid.hive");
    Files.writeString(file, "not an id\n");
    assertThatThrownBy(() -> start(Map.of()).close())
        .hasStackTraceContaining(
            file
                + " should hold the id of this relay and nothing else: invalid node id: not an id");

    Files.delete(file);
    assertThatThrownBy(() -> start(Map.of()).close())
        .hasStackTraceContaining(
            "who is this relay? There is no " + file + ": set remote-run.relay.id, or id-file");
  }

  private ConfigurableApplicationContext start(Map<String, String> settings) {
    return start(settings, RelayConfiguration.class, Nodes.class);
  }

  private ConfigurableApplicationContext start(Map<String, String> settings, Class<?>... parts) {
    Map<String, Object> all = new HashMap<>();
    all.put("remote-run.relay.id-file", folder.resolve("uuid.hive").toString());
    all.put("remote-run.relay.keys", host.ppkeys().toString());
    all.put("remote-run.relay.nodes-list-file", list().toString());
    all.put("remote-run.relay.nodes-certs-file", folder.resolve("allnodescerts.pem").toString());
    all.put("remote-run.relay.http.listen", "127.0.0.1:0");
    all.put("remote-run.relay.http.token-file", folder.resolve("token").toString());
    settings.forEach((key, value) -> all.put("remote-run.relay." + key, value));
    AnnotationConfigApplicationContext context = new AnnotationConfigApplicationContext();
    context.getEnvironment().setActiveProfiles("relay");
    context.getEnvironment().getPropertySources().addFirst(new MapPropertySource("test", all));
    context.register(parts);
    context.refresh();
    return context;
  }

  private Path list() {
    return folder.resolve("nodeslist.json");
  }
}
