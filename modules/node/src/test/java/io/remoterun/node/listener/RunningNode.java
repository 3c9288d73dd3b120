package io.remoterun.node.listener;

import io.remoterun.node.access.AccessPolicy;
import io.remoterun.node.access.AdmittedAddresses;
import io.remoterun.node.access.AdmittedKeys;
import io.remoterun.node.agent.AgentCommand;
import io.remoterun.node.agent.AgentRuns;
import io.remoterun.node.agent.DirectLauncher;
import io.remoterun.node.agent.JobCommands;
import io.remoterun.node.agent.RunBook;
import io.remoterun.node.agent.SeenRuns;
import io.remoterun.protocol.run.NodeId;
import io.remoterun.testing.Mark;
import io.remoterun.testkit.CapturedLog;
import io.remoterun.testkit.CfengineDialogue;
import io.remoterun.testkit.TestHost;
import io.remoterun.testkit.Wire;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicReference;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A node on a free port that admits {@link #relay}, and what it logs. Its agent is a shell script
 * and gets the node's folder as {@code $DIR}.
 */
final class RunningNode implements AutoCloseable {
  private static final String LOGGER = "remote-run.node.n1";

  final TestHost host;
  final TestHost relay;
  final NodeListener listener;
  final AtomicReference<AccessPolicy> access;

  /** What the node gets instead of {@link #access}, one each time that it looks, while it lasts. */
  final Queue<AccessPolicy> looks = new ConcurrentLinkedQueue<>();

  /** Done each time that the node looks, before it does. */
  volatile Runnable beforeLook = () -> {};

  final CapturedLog log = CapturedLog.of(LOGGER);
  private final AgentRuns runs;

  private RunningNode(TestHost host, TestHost relay, Made made) throws IOException {
    this.host = host;
    this.relay = relay;
    Logger logger = LoggerFactory.getLogger(LOGGER);
    this.runs =
        new AgentRuns(
            new NodeId("n1"),
            new DirectLauncher(new JobCommands(new AgentCommand(made.command, environment(host)))),
            new AgentRuns.Limits(
                4_000_000,
                Duration.ofMinutes(1),
                Duration.ofMinutes(1),
                Duration.ofMillis(200),
                Duration.ofMillis(200)),
            host.folder().resolve("disable-agent"),
            new SeenRuns(host.folder().resolve("seen-runs")),
            new RunBook(),
            logger);
    this.access = new AtomicReference<>(policy(made.admitted));
    NodeService service = new NodeService(this::look, runs, made.deadlines(), logger);
    NodeListener.Settings settings =
        new NodeListener.Settings(
            new InetSocketAddress(made.address, 0), made.connections, made.perAddress, made.check);
    this.listener = new NodeListener(settings, host.key(), service);
    listener.start();
  }

  private AccessPolicy look() {
    beforeLook.run();
    AccessPolicy next = looks.poll();
    return next == null ? access.get() : next;
  }

  private static Map<String, String> environment(TestHost host) {
    Map<String, String> variables = new HashMap<>(Mark.variables());
    variables.put("DIR", host.folder().toString());
    return variables;
  }

  /** From any address, for root. */
  AccessPolicy policy(List<String> admitted, String... addresses) {
    List<String> from = addresses.length == 0 ? List.of("0.0.0.0/0") : List.of(addresses);
    return new AccessPolicy(
        new AdmittedKeys(admitted, host.keys()),
        new AdmittedAddresses(from),
        Set.of("root"),
        List.of(Pattern.compile("force_[a-z]+")));
  }

  static Made in(Path folder) {
    return new Made(folder);
  }

  /** What one node differs in from another. */
  static final class Made {
    private final Path folder;
    private List<String> command = List.of("/bin/true");
    private List<String> admitted = List.of();
    private InetAddress address = InetAddress.getLoopbackAddress();
    private int connections = 20;
    private int perAddress = 20;
    // The default of the configuration.
    private static final Duration HELLO = Duration.ofMillis(600);
    private Duration handshake = Duration.ofSeconds(10);
    private Duration identification = Duration.ofSeconds(10);
    private Duration idle = Duration.ofSeconds(10);
    private Duration check = Duration.ofMinutes(1);
    private Duration send = Duration.ofSeconds(10);

    private Made(Path folder) {
      this.folder = folder;
    }

    Made script(String script) {
      return command("/bin/sh", "-c", script, "agent");
    }

    Made command(String... arguments) {
      command = List.of(arguments);
      return this;
    }

    Made admitting(String... names) {
      admitted = List.of(names);
      return this;
    }

    Made connections(int most) {
      return connections(most, most);
    }

    Made connections(int most, int mostPerAddress) {
      connections = most;
      perAddress = mostPerAddress;
      return this;
    }

    /** Listens on all addresses. */
    Made anywhere() {
      address = new InetSocketAddress(0).getAddress();
      return this;
    }

    Made check(Duration time) {
      check = time;
      return this;
    }

    Made send(Duration time) {
      send = time;
      return this;
    }

    private NodeService.Deadlines deadlines() {
      return new NodeService.Deadlines(HELLO, handshake, identification, idle, send);
    }

    Made handshake(Duration time) {
      handshake = time;
      return this;
    }

    Made identification(Duration time) {
      identification = time;
      return this;
    }

    Made idle(Duration time) {
      idle = time;
      return this;
    }

    RunningNode start() throws IOException {
      TestHost relay = TestHost.make(folder, "relay");
      TestHost host = TestHost.make(folder, "node").trusting(relay);
      if (admitted.isEmpty()) {
        admitted = List.of(relay.digest().value());
      }
      return new RunningNode(host, relay, this);
    }
  }

  /** A connection of the relay that has said who it is. */
  Wire identified() throws IOException {
    Wire wire = connect();
    CfengineDialogue.identify(wire, "root");
    return wire;
  }

  /** A connection of the relay, after the handshake. */
  Wire connect() throws IOException {
    return Wire.connect(listener.port(), relay.key());
  }

  /** What the node answers to a good relay. */
  List<String> ask(String command) throws IOException {
    try (Wire wire = identified()) {
      CfengineDialogue.request(wire, command);
      return CfengineDialogue.hearAnswer(wire);
    }
  }

  void awaitNoRuns() {
    log.await("is over");
  }

  @Override
  public void close() {
    listener.stop();
    runs.close();
    log.close();
  }
}
