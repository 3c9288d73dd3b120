package io.remoterun.node.listener;

import static org.assertj.core.api.Assertions.assertThat;

import io.remoterun.node.status.StatusClient;
import io.remoterun.protocol.keys.HostKey;
import io.remoterun.testing.Eventually;
import io.remoterun.testkit.CfengineDialogue;
import io.remoterun.testkit.NeedsProgram;
import io.remoterun.testkit.Wire;
import java.io.BufferedReader;
import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** In a process of its own, as descriptors are the whole process's. */
@NeedsProgram(value = "prlimit", debianPackage = "util-linux")
class OutOfDescriptorsTest {
  @TempDir private Path folder = Path.of("");

  @Test
  void aNodeWithoutADescriptorLeftWaitsForOneAndSaysSo() throws Exception {
    Process child =
        new ProcessBuilder(
                ProcessHandle.current().info().command().orElseThrow(),
                "-cp",
                System.getProperty("java.class.path"),
                NodeInChild.class.getName(),
                folder.toString())
            .redirectErrorStream(true)
            .start();
    // It would be waited for without end.
    CompletableFuture.delayedExecutor(1, TimeUnit.MINUTES).execute(child::destroyForcibly);
    try (BufferedReader output = child.inputReader()) {
      int port = Integer.parseInt(await(output, "port ").replace("port ", ""));
      HostKey relay = HostKey.read(folder.resolve("relay/ppkeys/localhost.priv"));
      assertThat(ask(port, relay)).contains("> hello\n");
      // Where classes are files of their own, as here, one that is loaded for the first time takes
      // a descriptor.
      try (Wire stranger = Wire.connectPlain(port)) {
        stranger.send("no TLS").awaitClose();
      }
      Path status = folder.resolve("status.sock");
      awaitStatus(status);
      limitDescriptors(child, 20);

      List<Wire> bare = new ArrayList<>();
      for (int count = 0; count < 60; count++) {
        bare.add(Wire.connectPlain(port));
      }
      await(output, "cannot take connections for a second: ");
      Duration begin = cpu(child);
      await(output, "cannot take connections for a second: ");
      await(output, "cannot take connections for a second: ");
      assertThat(cpu(child).minus(begin)).isLessThan(Duration.ofSeconds(1));
      SocketChannel.open(UnixDomainSocketAddress.of(status)).close();
      await(output, "no status for now: ");
      for (Wire wire : bare) {
        wire.close();
      }
      assertThat(ask(port, relay)).contains("> hello\n");
      awaitStatus(status);
    } finally {
      child.getOutputStream().close();
      child.waitFor();
    }
  }

  /** The first answer may take longer than the node has patience for. */
  private static void awaitStatus(Path socket) {
    Eventually.await("a status", () -> tells(socket), () -> "none");
  }

  private static boolean tells(Path socket) {
    try {
      return StatusClient.get(socket, Eventually.DEADLINE).node().equals("n1");
    } catch (IOException e) {
      return false;
    }
  }

  private static List<String> ask(int port, HostKey relay) throws IOException {
    try (Wire wire = Wire.connect(port, relay)) {
      CfengineDialogue.identify(wire, "root");
      CfengineDialogue.request(wire, "EXEC");
      return CfengineDialogue.hearAnswer(wire);
    }
  }

  private static void limitDescriptors(Process child, int more) throws Exception {
    try (Stream<Path> open = Files.list(Path.of("/proc/" + child.pid() + "/fd"))) {
      long limit = open.count() + more;
      Process prlimit =
          new ProcessBuilder("prlimit", "--pid=" + child.pid(), "--nofile=" + limit + ":")
              .inheritIO()
              .start();
      assertThat(prlimit.waitFor()).isZero();
    }
  }

  private static Duration cpu(Process child) {
    return child.toHandle().info().totalCpuDuration().orElseThrow();
  }

  private static String await(BufferedReader output, String part) throws IOException {
    List<String> heard = new ArrayList<>();
    for (String line = output.readLine(); line != null; line = output.readLine()) {
      heard.add(line);
      if (line.contains(part)) {
        return line;
      }
    }
    throw new AssertionError("the node ended without '" + part + "': " + heard);
  }
}
