package io.remoterun.relay.transport;

import io.remoterun.protocol.nodelist.NodeEntry;
import io.remoterun.protocol.run.NodeId;
import io.remoterun.relay.FakeAgent;
import io.remoterun.testing.Eventually;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.io.TempDir;

class CommandTransportContractTest extends NodeTransportContract {
  private static final Duration LONG = Duration.ofSeconds(20);
  private static final Duration STOP = Duration.ofMillis(500);

  @TempDir private Path folder;

  @Override
  Nodes printing(byte[] output, int exitCode) throws IOException {
    Path file = Files.write(Files.createTempFile(folder, "", ""), output);
    return new Commands(1, FakeAgent.in(folder, "cat '" + file + "'; exit " + exitCode));
  }

  @Override
  Nodes hanging(int nodes) throws IOException {
    return new Commands(nodes, FakeAgent.in(folder, "printf '" + READY + "'; sleep 60 & wait"));
  }

  @Override
  Nodes unreachable(int nodes) throws IOException {
    FakeAgent agent = FakeAgent.in(folder, "");
    Files.delete(agent.program());
    return new Commands(nodes, agent);
  }

  private record Commands(int nodes, FakeAgent agent) implements Nodes {
    @Override
    public List<NodeEntry> entries() {
      return IntStream.range(0, nodes)
          .mapToObj(
              node ->
                  new NodeEntry(
                      new NodeId("n" + node),
                      "host" + node + ".example",
                      Optional.empty(),
                      NodeId.ROOT))
          .toList();
    }

    @Override
    public NodeTransport transport() {
      return new CommandTransport(
          new CommandTransport.Settings(
              "relay root",
              agent.program().toString(),
              false,
              100,
              10,
              MOST_BYTES_OF_LINE,
              new CommandTransport.Deadlines(LONG, LONG, STOP)));
    }

    @Override
    public int triggered() {
      return agent.calls().size();
    }

    @Override
    public String conditions() {
      return agent.calls().getFirst().get(3);
    }

    @Override
    public void awaitEnd() {
      Eventually.await("the command has ended", () -> !agent.isRunning(), () -> "it runs");
    }

    @Override
    public void close() {}
  }
}
