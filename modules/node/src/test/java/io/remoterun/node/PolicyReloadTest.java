package io.remoterun.node;

import static org.assertj.core.api.Assertions.assertThat;

import io.remoterun.node.listener.NodeListener;
import io.remoterun.testkit.CapturedLog;
import io.remoterun.testkit.CfengineDialogue;
import io.remoterun.testkit.NeedsHangup;
import io.remoterun.testkit.TestHost;
import io.remoterun.testkit.Wire;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;

/** A configuration file that changes under a node that runs. */
@NeedsHangup
class PolicyReloadTest {
  private static final String AGAIN = "INFO the access policy has been read again";

  @TempDir private Path folder = Path.of("");
  private CapturedLog log;
  private TestHost relay;
  private TestHost host;
  private Path file;
  private ConfigurableApplicationContext node;

  @BeforeEach
  void start() throws Exception {
    relay = TestHost.make(folder, "relay");
    host = TestHost.make(folder, "node").trusting(relay);
    file = folder.resolve("node.yml");
    write("admit-keys: ['" + relay.digest() + "']");
    node =
        new SpringApplicationBuilder(NodeConfiguration.class)
            .web(WebApplicationType.NONE)
            .profiles("node")
            .run(
                "--spring.config.additional-location=file:" + file,
                "--remote-run.node.listen=127.0.0.1:0");
    // Spring Boot sets up the loggers when it starts.
    log = CapturedLog.of("remote-run.node.n1");
  }

  @AfterEach
  void stop() {
    node.close();
    log.close();
  }

  @Test
  void whatTheFileSaysAfterASignalHolds() throws Exception {
    try (Wire session = identified()) {
      write("admit-keys: []");
      hangUp();

      assertThat(session.awaitClose()).isEmpty();
      log.await("is not admitted any more: the key is not in admit-keys: closed");
      log.await("WARN remote-run.node.admit-keys is empty");
    }
    write("admit-keys: [policy-server]", "allow-conditions: [b.*]");
    hangUp();
    log.await("INFO the policy server's key is " + relay.digest());
    assertThat(ask("EXEC -Dbb")).contains("> hello -D bb\n");
    assertThat(ask("EXEC -Da"))
        .containsExactly("EXEC denied: condition a is not in allow-conditions");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "admit-keys: [ 'x'|expected ',' or ']'",
        "admit-keys: [x]|remote-run.node.admit-keys: invalid key digest: x",
        "allow-conditions: ['(']|remote-run.node.allow-conditions: Unclosed group",
        "admit-adresses: []|The elements [remote-run.node.admit-adresses] were left unbound.",
        "connections: none|remote-run.node.connections"
      })
  void aBrokenFileChangesNothing(String line, String reason) throws Exception {
    write(line);
    hangUp();

    log.await("ERROR cannot reload " + file + ", the access policy before still holds: ", reason);
    assertThat(log.lines()).doesNotContain(AGAIN);
    assertThat(ask("EXEC")).contains("> hello\n");
  }

  @Test
  void aFileThatIsGoneChangesNothing() throws Exception {
    Files.delete(file);
    hangUp();

    log.await("ERROR cannot reload " + file + ", the access policy before still holds: ");
    assertThat(ask("EXEC")).contains("> hello\n");
  }

  @Test
  void otherKeysNeedARestartAndThatIsSaid() throws Exception {
    write("admit-keys: ['" + relay.digest() + "']", "connections: 7");
    hangUp();

    log.await("WARN other keys than those of the access policy have changed: they need a restart");
    assertThat(log.lines()).contains(AGAIN);
  }

  @Test
  void anotherFolderOfKeysNeedsARestartToo() throws Exception {
    TestHost other = TestHost.make(folder, "other");
    write(other, "admit-keys: ['" + relay.digest() + "']");
    hangUp();

    log.await("WARN other keys than those of the access policy have changed: they need a restart");
    assertThat(ask("EXEC")).contains("> hello\n");
  }

  private void write(String... lines) throws IOException {
    write(host, lines);
  }

  private void write(TestHost keys, String... lines) throws IOException {
    Files.writeString(
        file,
        """
        remote-run:
          node:
            id: n1
            keys: %s
            agent.command: [/bin/echo, hello]
            %s
        """
            .formatted(keys.ppkeys(), String.join("\n    ", lines)));
  }

  private Wire identified() throws IOException {
    Wire wire = Wire.connect(node.getBean(NodeListener.class).port(), relay.key());
    CfengineDialogue.identify(wire, "root");
    return wire;
  }

  private List<String> ask(String command) throws IOException {
    try (Wire wire = identified()) {
      CfengineDialogue.request(wire, command);
      return CfengineDialogue.hearAnswer(wire);
    }
  }

  private static void hangUp() throws Exception {
    String self = Long.toString(ProcessHandle.current().pid());
    assertThat(new ProcessBuilder("kill", "-HUP", self).start().waitFor()).isZero();
  }
}
