package io.remoterun.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.remoterun.node.agent.AgentRuns;
import io.remoterun.node.agent.AgentStart;
import io.remoterun.node.listener.NodeListener;
import io.remoterun.testkit.CfengineDialogue;
import io.remoterun.testkit.TestHost;
import io.remoterun.testkit.Wire;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Configuration;
import org.springframework.util.unit.DataSize;

class NodeConfigurationTest {
  @TempDir private Path folder = Path.of("");

  @Configuration(proxyBeanMethods = false)
  @EnableConfigurationProperties(NodeProperties.class)
  static class OnlyProperties {}

  @Test
  void needsNoMoreThanAnIdAndKeysToListenOnAFreePort() throws Exception {
    TestHost relay = TestHost.make(folder, "relay");
    TestHost node = TestHost.make(folder, "node").trusting(relay);
    try (ConfigurableApplicationContext context =
            start(
                NodeConfiguration.class,
                "id=n1",
                "listen=127.0.0.1:0",
                "keys=" + node.ppkeys(),
                "admit-keys=" + relay.digest(),
                "allow-conditions=.*",
                "agent.command=/bin/echo,hello");
        Wire wire = Wire.connect(context.getBean(NodeListener.class).port(), relay.key())) {
      assertThat(wire.peerKey()).isEqualTo(node.key().publicKey());
      CfengineDialogue.identify(wire, "root");
      CfengineDialogue.request(wire, "EXEC -Dany_1");
      assertThat(CfengineDialogue.hearAnswer(wire)).contains("> hello -D any_1\n");
      assertThat(context.getBeansOfType(AgentRuns.class)).hasSize(1);
    }
  }

  @Test
  void makesAKeyPairWhereThereIsNone() throws Exception {
    Path keys = folder.resolve("state/ppkeys");
    try (var context =
        start(NodeConfiguration.class, "id=n1", "listen=127.0.0.1:0", "keys=" + keys)) {
      assertThat(context.getBean(NodeListener.class).port()).isPositive();
      assertThat(keys.resolve("localhost.priv")).exists();
      assertThat(keys.resolve("seen-runs")).exists();
    }
  }

  @Test
  void isNotThereInAnotherRole() {
    try (var context =
        new SpringApplicationBuilder(NodeConfiguration.class)
            .web(WebApplicationType.NONE)
            .profiles("relay")
            .run()) {
      assertThat(context.getBeansOfType(NodeListener.class)).isEmpty();
    }
  }

  @Test
  void saysWhichPortIsTaken() throws Exception {
    try (var first =
        start(NodeConfiguration.class, "id=n1", "listen=127.0.0.1:0", "keys=" + folder)) {
      int port = first.getBean(NodeListener.class).port();
      assertThatThrownBy(
              () ->
                  start(
                      NodeConfiguration.class,
                      "id=n2",
                      "listen=127.0.0.1:" + port,
                      "keys=" + folder))
          .hasStackTraceContaining("cannot listen on 127.0.0.1:" + port + ": ")
          .hasStackTraceContaining("stop what listens there, or change remote-run.node.listen");
    }
  }

  @Test
  void hasTheseDefaults() {
    try (var context = start(OnlyProperties.class, "id=n1", "keys=/k")) {
      assertThat(context.getBean(NodeProperties.class)).isEqualTo(defaults("n1", "/k"));
    }
  }

  @Test
  void theSampleSaysTheDefaults() {
    SpringApplication sample = new SpringApplication(OnlyProperties.class);
    try (var context =
        sample.run(
            "--spring.config.location=file:../../config/node.yml",
            "--spring.profiles.active=node")) {
      // Of the whole process, in which a webapp may be as well: not for a role's sample to say.
      assertThat(context.getEnvironment().getProperty("spring.main.web-application-type")).isNull();
      assertThat(context.getBean(NodeProperties.class))
          .isEqualTo(
              defaults(
                  "00000000-0000-0000-0000-000000000000", "/var/rudder/cfengine-community/ppkeys"));
    }
  }

  private static NodeProperties defaults(String id, String keys) {
    return new NodeProperties(
        id,
        "0.0.0.0:5309",
        Path.of(keys),
        List.of("policy-server"),
        List.of("0.0.0.0/0", "::/0"),
        Set.of("root"),
        List.of("force_inventory", "info", "debug", "trace"),
        50,
        10,
        true,
        new NodeProperties.Deadlines(
            Duration.ofMillis(600),
            Duration.ofSeconds(10),
            Duration.ofSeconds(10),
            Duration.ofMinutes(1),
            Duration.ofMinutes(5),
            Duration.ofSeconds(5)),
        new NodeProperties.Agent(
            AgentStart.DIRECT,
            Path.of("/run/remote-run-helper.sock"),
            List.of("/usr/bin/sudo", "-n", "/usr/lib/remote-run/run-helper"),
            List.of("/opt/rudder/bin/rudder", "agent", "run", "-R"),
            Map.of(),
            Path.of("/opt/rudder/etc/disable-agent"),
            null,
            DataSize.ofMegabytes(8),
            Duration.ofMinutes(10),
            Duration.ofHours(1),
            Duration.ofSeconds(2),
            Duration.ofSeconds(5)),
        new ScheduleProperties(false, Path.of("/opt/rudder/etc/agentd.conf"), null),
        null);
  }

  @Test
  void takesEveryKey() {
    try (var context =
        start(
            OnlyProperties.class,
            "id=n1",
            "listen=[::1]:1",
            "keys=/k",
            "admit-keys=MD5=a,SHA=b",
            "admit-addresses=192.0.2.1,2001:db8::/32",
            "allow-users=root,rudder",
            "allow-conditions=a,b.*",
            "connections=2",
            "connections-per-address=1",
            "reload-on-hangup=false",
            "deadlines.hello=5ms",
            "deadlines.handshake=1s",
            "deadlines.identification=2s",
            "deadlines.idle=3s",
            "deadlines.send=4s",
            "deadlines.revocation=6s",
            "agent.start=sudo",
            "agent.helper-socket=/h",
            "agent.sudo=/sudo,/helper",
            "agent.command=/a,b c",
            "agent.environment.X_y=z",
            "agent.disable-file=/d",
            "agent.seen-runs=/s",
            "agent.output=1MB",
            "agent.keep=6m",
            "agent.max-duration=7m",
            "agent.drain=4s",
            "agent.stop=5ms",
            "schedule.enabled=true",
            "schedule.file=/f",
            "schedule.last-starts=/l",
            "status-socket=/o")) {
      NodeProperties properties = context.getBean(NodeProperties.class);
      assertThat(properties)
          .isEqualTo(
              new NodeProperties(
                  "n1",
                  "[::1]:1",
                  Path.of("/k"),
                  List.of("MD5=a", "SHA=b"),
                  List.of("192.0.2.1", "2001:db8::/32"),
                  Set.of("root", "rudder"),
                  List.of("a", "b.*"),
                  2,
                  1,
                  false,
                  new NodeProperties.Deadlines(
                      Duration.ofMillis(5),
                      Duration.ofSeconds(1),
                      Duration.ofSeconds(2),
                      Duration.ofSeconds(3),
                      Duration.ofSeconds(4),
                      Duration.ofSeconds(6)),
                  new NodeProperties.Agent(
                      AgentStart.SUDO,
                      Path.of("/h"),
                      List.of("/sudo", "/helper"),
                      List.of("/a", "b c"),
                      Map.of("X_y", "z"),
                      Path.of("/d"),
                      Path.of("/s"),
                      DataSize.ofMegabytes(1),
                      Duration.ofMinutes(6),
                      Duration.ofMinutes(7),
                      Duration.ofSeconds(4),
                      Duration.ofMillis(5)),
                  new ScheduleProperties(true, Path.of("/f"), Path.of("/l")),
                  Path.of("/o")));
      assertThat(properties.address()).hasToString("/[0:0:0:0:0:0:0:1]:1");
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "id=|remote-run.node.id: invalid node id",
        "id=../x|remote-run.node.id: invalid node id: ../x",
        "listen=5309|remote-run.node.listen must be HOST:PORT, not 5309",
        "listen=127.0.0.1:99999|remote-run.node.listen: port out of range",
        "listen=no.such.host.invalid:1|remote-run.node.listen names an unknown host",
        "admit-keys=relay|remote-run.node.admit-keys: invalid key digest: relay",
        "admit-addresses=localhost|remote-run.node.admit-addresses: localhost should be an address",
        "connections-per-address=0|remote-run.node.connections-per-address must be at least 1",
        "allow-conditions=*|remote-run.node.allow-conditions: Dangling meta character",
        "admit-adresses=x|The elements [remote-run.node.admit-adresses] were left unbound.",
        "connections=0|remote-run.node.connections must be at least 1",
        "deadlines.idle=0s|remote-run.node.deadlines.idle must be at least 1 ms",
        "deadlines.hello=0s|remote-run.node.deadlines.hello must be at least 1 ms",
        "deadlines.revocation=0s|remote-run.node.deadlines.revocation must be at least 1 ms",
        "agent.command=|remote-run.node.agent.command has no program",
        "agent.output=1B|remote-run.node.agent.output must be at least 4096 bytes",
        "agent.start=root|remote-run.node.agent.start",
        "agent.sudo=/sudo|remote-run.node.agent.sudo must name sudo and the helper",
        "agent.keep=0s|remote-run.node.agent.keep must be at least 1 ms",
        "agent.seen-runs=/dev/null/x|remote-run.node.agent.seen-runs: cannot keep /dev/null/x",
        "agent.drain=x|remote-run.node.agent.drain"
      })
  void saysWhatIsWrong(String setting, String message) {
    assertThatThrownBy(
            () ->
                start(
                        NodeConfiguration.class,
                        "id=n1",
                        "listen=127.0.0.1:0",
                        "keys=" + folder,
                        setting)
                    .close())
        .hasStackTraceContaining(message);
  }

  @Test
  void saysWhatIsMissing() {
    assertThatThrownBy(() -> start(NodeConfiguration.class, "keys=/k").close())
        .hasStackTraceContaining("remote-run.node.id is missing");
    assertThatThrownBy(() -> start(NodeConfiguration.class, "id=n1").close())
        .hasStackTraceContaining("remote-run.node.keys is missing");
  }

  private static ConfigurableApplicationContext start(Class<?> source, String... settings) {
    Map<String, Object> properties = new HashMap<>();
    for (String setting : settings) {
      int end = setting.indexOf('=');
      properties.put("remote-run.node." + setting.substring(0, end), setting.substring(end + 1));
    }
    return new SpringApplicationBuilder(source)
        .web(WebApplicationType.NONE)
        .profiles("node")
        .properties(properties)
        .run();
  }
}
