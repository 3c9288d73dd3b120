package io.remoterun.relay.transport;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import io.remoterun.protocol.keys.HostKey;
import io.remoterun.protocol.keys.KeyHash;
import io.remoterun.protocol.nodelist.NodeEntry;
import io.remoterun.protocol.run.NodeId;
import io.remoterun.testkit.CfengineDialogue;
import io.remoterun.testkit.ScriptedServer;
import io.remoterun.testkit.TestKeys;
import io.remoterun.testkit.Wire;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;

/** Each node is a server that speaks as cf-serverd or our own node does. */
class CfengineTransportContractTest extends NodeTransportContract {
  private static final HostKey NODE = TestKeys.of("node");
  private static final Duration LONG = Duration.ofSeconds(20);
  private static final int MOST_OF_FRAME = 4086;

  @Override
  Nodes printing(byte[] output, int exitCode) throws IOException {
    return new Servers(
        1,
        wire -> {
          print(wire, new String(output, ISO_8859_1));
          wire.sendFrame('t', "(exit code: " + exitCode + ")\n");
          CfengineDialogue.end(wire);
        });
  }

  /** As our node does: lines in pieces, and no line feed that the agent did not print. */
  private static void print(Wire wire, String output) throws IOException {
    for (String line : output.split("(?<=\n)", -1)) {
      for (int from = 0; from < line.length(); from += MOST_OF_FRAME) {
        int to = Math.min(line.length(), from + MOST_OF_FRAME);
        wire.sendFrame('t', "> " + line.substring(from, to));
      }
    }
  }

  @Override
  Nodes hanging(int nodes) throws IOException {
    return new Servers(nodes, wire -> wire.sendFrame('t', "> " + READY));
  }

  @Override
  Nodes unreachable(int nodes) throws IOException {
    Servers closed = new Servers(nodes, wire -> {});
    closed.stopListening();
    return closed;
  }

  private static final class Servers implements Nodes {
    private final List<ScriptedServer> servers = new ArrayList<>();
    private final List<Integer> ports = new ArrayList<>();
    private final AtomicReference<String> conditions = new AtomicReference<>("");
    private final CountDownLatch closed;

    Servers(int nodes, ScriptedServer.Script agent) throws IOException {
      closed = new CountDownLatch(nodes);
      for (int node = 0; node < nodes; node++) {
        ScriptedServer server = ScriptedServer.tls(NODE, wire -> play(wire, agent));
        servers.add(server);
        ports.add(server.port());
      }
    }

    private void play(Wire wire, ScriptedServer.Script agent) throws Exception {
      CfengineDialogue.welcome(wire);
      String request = CfengineDialogue.hearRequest(wire).getFirst();
      conditions.set(request.replace("EXEC -D", ""));
      wire.sendFrame('t', "cf-serverd executing cfruncommand: agent\n");
      agent.play(wire);
      wire.awaitClose();
      closed.countDown();
    }

    void stopListening() throws IOException {
      ports.clear();
      for (ScriptedServer server : servers) {
        server.close();
        try (ServerSocket free = new ServerSocket(0)) {
          ports.add(free.getLocalPort());
        }
      }
    }

    @Override
    public List<NodeEntry> entries() {
      List<NodeEntry> entries = new ArrayList<>();
      for (int node = 0; node < servers.size(); node++) {
        Optional<KeyHash> hash = Optional.of(KeyHash.of(NODE.publicKey()));
        entries.add(new NodeEntry(new NodeId("n" + node), "localhost", hash, NodeId.ROOT));
      }
      return entries;
    }

    @Override
    public NodeTransport transport() {
      return new CfengineTransport(
          new CfengineTransport.Settings(
              "relay root",
              "root",
              MOST_BYTES_OF_LINE,
              10,
              new CfengineTransport.Deadlines(LONG, LONG, LONG, LONG, LONG, LONG)),
          TestKeys.of("relay"),
          node -> {
            int index = Integer.parseInt(node.id().value().substring(1));
            return InetSocketAddress.createUnresolved("localhost", ports.get(index));
          },
          TestNodeKeys.listed());
    }

    @Override
    public int triggered() {
      return servers.stream().mapToInt(ScriptedServer::connections).sum();
    }

    @Override
    public String conditions() {
      return conditions.get();
    }

    @Override
    public void awaitEnd() throws InterruptedException {
      assertThat(closed.await(LONG.toSeconds(), TimeUnit.SECONDS)).isTrue();
    }

    @Override
    public void close() throws IOException {
      for (ScriptedServer server : servers) {
        server.close();
      }
    }
  }
}
