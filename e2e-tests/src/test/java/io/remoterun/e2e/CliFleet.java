package io.remoterun.e2e;

import io.remoterun.protocol.keys.KeyHash;
import io.remoterun.testkit.CfengineHost;
import io.remoterun.testkit.Detour;
import io.remoterun.testkit.TestHost;
import io.remoterun.webapp.WebappConfiguration;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;

/**
 * A webapp, its relay and two nodes: one.example is a real one, at two.example nothing listens. The
 * agent reports something that it has repaired; as long as the test holds it, it waits before its
 * last report, an error. It may also ignore that it shall end.
 */
final class CliFleet {
  private static final int NOTHING_LISTENS = 1;
  private static final String AGENT =
      """
      [ ! -e STUBBORN ] || trap '' TERM
      report() { echo "R: @@Ntp@@$1@@r@@d@@0@@Service@@ntp@@2026-01-01 00:00:00+00:00##n1@#$2"; }
      report result_repaired 'has been restarted'
      while [ -e HOLD ]; do sleep 0.05; done
      report result_error 'is broken'
      """;

  private static final String NODES =
      """
      {"n1":{"hostname":"one.example","policy-server":"root"},
       "n2":{"hostname":"two.example","policy-server":"root"}}
      """;

  private final List<AutoCloseable> open = new ArrayList<>();
  private final Path hold;
  private final Path stubborn;
  private final Path home;
  private final Detour way;
  private final String token;

  CliFleet(Path folder) throws Exception {
    hold = folder.resolve("hold");
    stubborn = folder.resolve("stubborn");
    home = Files.createDirectories(folder.resolve("home"));
    TestHost relayHost = TestHost.make(folder, "relay");
    CfengineHost host = CfengineHost.on(TestHost.make(folder, "n1"));
    OurNode node =
        opened(
            OurNode.start(
                host.keys(),
                host.script(
                    "agent",
                    AGENT
                        .replace("HOLD", hold.toString())
                        .replace("STUBBORN", stubborn.toString())),
                relayHost));
    KeyHash key = KeyHash.of(host.keys().key().publicKey());
    OurRelay relay =
        opened(
            OurRelay.start(
                relayHost,
                new OurRelay.Node("n1", node.port(), key),
                new OurRelay.Node("n2", NOTHING_LISTENS, key)));
    ConfigurableApplicationContext webapp = opened(webapp(folder, relay, NODES));
    int port = Integer.parseInt(webapp.getEnvironment().getRequiredProperty("local.server.port"));
    way = opened(Detour.to(new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), port)));
    token = Files.readString(folder.resolve("token")).strip();
  }

  private <T extends AutoCloseable> T opened(T it) {
    open.add(it);
    return it;
  }

  /**
   * @param list of the root server's nodes
   */
  static ConfigurableApplicationContext webapp(Path folder, OurRelay relay, String list)
      throws IOException {
    Path relayToken =
        Files.createFile(
            folder.resolve("relay-token"),
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    Files.writeString(relayToken, relay.token());
    Path nodes = Files.writeString(folder.resolve("webapp-nodes.json"), list);
    return new SpringApplicationBuilder(WebappConfiguration.class)
        .profiles("webapp")
        .run(
            "--server.port=0",
            "--server.shutdown=immediate",
            "--spring.main.banner-mode=off",
            "--remote-run.webapp.token-file=" + folder.resolve("token"),
            "--remote-run.webapp.nodes-list-file=" + nodes,
            "--remote-run.webapp.relay.url=" + relay.url(),
            "--remote-run.webapp.relay.token-file=" + relayToken,
            "--remote-run.webapp.store.folder=" + folder.resolve("store"));
  }

  /** What leads from the command line to the webapp. */
  Detour way() {
    return way;
  }

  String url() {
    return "http://127.0.0.1:" + way.address().getPort();
  }

  String token() {
    return token;
  }

  Path home() {
    return home;
  }

  /** Agents wait from now on. */
  void hold() throws IOException {
    Files.writeString(hold, "");
  }

  /** Agents wait from now on, also when they are to end: until they are killed. */
  void holdStubbornly() throws IOException {
    Files.writeString(stubborn, "");
    hold();
  }

  void letGo() throws IOException {
    Files.deleteIfExists(stubborn);
    Files.deleteIfExists(hold);
  }

  /** The command line of somebody who has a token for this webapp; not started. */
  ProcessBuilder command(String... words) {
    ProcessBuilder command = Launcher.of(Launcher.PROGRAM, words);
    command.environment().put("HOME", home.toString());
    command.environment().remove("XDG_CONFIG_HOME");
    command.environment().put("REMOTE_RUN_URL", url());
    command.environment().put("REMOTE_RUN_TOKEN", token);
    command.environment().put("LC_ALL", "C.UTF-8");
    return command;
  }

  Launcher.Ended run(String... words) throws IOException, InterruptedException {
    return Launcher.run(command(words), "");
  }

  /** The same on a terminal of its own; what is written to the process is typed. */
  Process onTerminal(String... words) throws IOException {
    String line =
        Stream.concat(Stream.of(Launcher.PROGRAM.toString()), Stream.of(words))
            .reduce((all, word) -> all + " '" + word + "'")
            .orElseThrow();
    ProcessBuilder builder = command(words);
    // As in a shell: whatever Maven was started by may ignore some.
    builder.command(
        List.of("env", "--default-signal", "script", "-qec", "exec " + line, "/dev/null"));
    builder.environment().put("TERM", "xterm");
    return builder.redirectErrorStream(true).start();
  }

  void stop() throws Exception {
    letGo();
    for (AutoCloseable it : open.reversed()) {
      it.close();
    }
  }
}
