package io.remoterun.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.remoterun.protocol.run.RunFailure.Kind;
import io.remoterun.testkit.CfengineHost;
import io.remoterun.testkit.TestHost;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A hundred nodes, of which three cannot run their agents, each in another way. The others are one
 * machine under many names: as they have one run id, it runs its agent once, and tells each.
 */
class EveryNodeIsAccountedForIT {
  private static final int NODES = 97;
  private static final int NOTHING_LISTENS = 1;

  @TempDir Path folder;

  @Test
  void threeOfAHundredFailByNameAndTheCountsSumUp() throws Exception {
    TestHost relayHost = TestHost.make(folder, "root");
    TestHost nodeHost = TestHost.make(folder, "node");
    Path agent =
        CfengineHost.on(nodeHost)
            .script(
                "agent.sh", "echo ran; echo run >> " + nodeHost.folder().resolve("runs") + "\n");
    try (FullHouse blackHole = new FullHouse();
        OurNode node =
            OurNode.start(
                nodeHost,
                agent,
                relayHost,
                "remote-run.node.connections=200",
                "remote-run.node.connections-per-address=200");
        OurRelay relay = OurRelay.start(settings(relayHost, nodeHost, node, blackHole))) {
      HttpResponse<byte[]> answer = relay.post("/remote-run/all", "keep_output=true");

      List<String> lines = new String(answer.body(), StandardCharsets.UTF_8).lines().toList();
      assertThat(answer.statusCode()).isEqualTo(200);
      assertThat(lines).filteredOn("ran"::equals).hasSize(NODES);
      assertThat(nodeHost.folder().resolve("runs")).hasContent("run");
      assertThat(lines).filteredOn(line -> line.contains(": error: ")).hasSize(3);
      assertThat(lines)
          .anySatisfy(
              line ->
                  assertThat(line)
                      .startsWith("hole: error: relay root: 127.0.0.1:" + blackHole.port() + ": ")
                      .contains(Kind.UNREACHABLE.advice()))
          .anySatisfy(
              line ->
                  assertThat(line)
                      .startsWith("nowhere: error: relay root: no-such-host.invalid:5309: ")
                      .contains("does not resolve"))
          .anySatisfy(
              line ->
                  assertThat(line)
                      .startsWith("closed: error: relay root: 127.0.0.1:")
                      .contains("refused"));
      assertThat(lines.getLast()).isEqualTo("summary: 100 nodes: 97 succeeded, 3 failed");
    }
  }

  private static RelaySettings settings(
      TestHost relayHost, TestHost nodeHost, OurNode node, FullHouse blackHole) throws IOException {
    RelaySettings settings =
        new RelaySettings(relayHost)
            .with("deadlines.connect", "1s")
            // 97 of them at once, with both ends in this JVM: that takes a while on a busy machine.
            .with("deadlines.handshake", "1m");
    IntStream.range(0, NODES).forEach(i -> settings.own("n" + i, node.port(), nodeHost.hash()));
    return settings
        .own("hole", blackHole.port(), nodeHost.hash())
        .own("closed", NOTHING_LISTENS, nodeHost.hash())
        .node("nowhere", "no-such-host.invalid", nodeHost.hash(), "root");
  }

  /**
   * A port whose queue of connections is full: who connects hears nothing, as behind a firewall.
   */
  private static final class FullHouse implements AutoCloseable {
    private final ServerSocket server = new ServerSocket(0, 1, InetAddress.ofLiteral("127.0.0.1"));
    private final List<Socket> waiting = new ArrayList<>();

    FullHouse() throws IOException {
      while (true) {
        Socket next = new Socket();
        waiting.add(next);
        try {
          next.connect(new InetSocketAddress(server.getInetAddress(), port()), 200);
        } catch (SocketTimeoutException e) {
          return;
        }
      }
    }

    int port() {
      return server.getLocalPort();
    }

    @Override
    public void close() throws IOException {
      for (Socket socket : waiting) {
        socket.close();
      }
      server.close();
    }
  }
}
