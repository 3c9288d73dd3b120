package io.remoterun.node.listener;

import static org.assertj.core.api.Assertions.assertThat;

import io.remoterun.testing.Eventually;
import io.remoterun.testkit.CfengineDialogue;
import io.remoterun.testkit.Wire;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Many at once. */
class CrowdTest {
  private static final int CROWD = 10_000;
  private static final int PLACES = 50;
  private static final int PLACES_PER_ADDRESS = 10;

  @TempDir private Path folder = Path.of("");

  @ParameterizedTest
  @CsvSource({
    "another's, 2, 1, true",
    "many, 2, 49, true",
    "many in turn, 2, 49, false",
    "more than there are places, 2, 60, true",
    "the relay's own, 1, 1, true",
    "the relay's own and many others, 1, 60, true"
  })
  void tenThousandBareConnectionsKeepNoRelayOut(
      String from, int first, int addresses, boolean isHeld) throws Exception {
    try (RunningNode node =
        RunningNode.in(folder)
            .script("echo hello")
            .connections(PLACES, PLACES_PER_ADDRESS)
            .start()) {
      node.ask("EXEC");
      // What one alone takes on a machine that is busy with something else is not the crowd's.
      Duration most = asked(node).plusSeconds(2);
      awaitEmpty(node);
      int before = descriptors();
      List<SocketChannel> crowd = new ArrayList<>();
      try {
        for (int one = 0; one < CROWD; one++) {
          SocketChannel bare = bare(node.listener.port(), first + one % addresses);
          if (isHeld) {
            crowd.add(bare);
          } else {
            bare.close();
          }
        }
        awaitAccepted(node.listener.port());
        awaitSeen(crowd, Math.min(PLACES, addresses * PLACES_PER_ADDRESS));
        assertThat(asked(node)).as("connections from " + from).isLessThan(most);
        assertThat(node.listener.connections()).isLessThanOrEqualTo(PLACES);
        assertThat(node.log.lines()).hasSizeLessThan(100);
      } finally {
        for (SocketChannel bare : crowd) {
          bare.close();
        }
      }
      Eventually.await(
          "as many descriptors as before", () -> descriptors() <= before, CrowdTest::descriptors);
      awaitEmpty(node);
    }
  }

  /** While there are too many for the kernel to keep, it lets anybody wait for seconds. */
  private static void awaitAccepted(int port) {
    String listening = "(?m)^ *[0-9]+: [0-9A-F]+:" + String.format("%04X", port);
    Pattern queue = Pattern.compile(listening + " [0-9A-F:]+ 0A [0-9A-F]+:([0-9A-F]+) .*$");
    Supplier<List<String>> waiting =
        () ->
            Stream.of("tcp", "tcp6")
                .flatMap(table -> queue.matcher(read("/proc/net/" + table)).results())
                .map(row -> row.group(1))
                .toList();
    Eventually.await(
        "the node has all connections from the kernel",
        () -> waiting.get().equals(List.of("00000000")),
        waiting);
  }

  private static String read(String file) {
    try {
      return Files.readString(Path.of(file));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * Connections that the kernel has taken and the node has not could come after the relay's, and
   * those of its own address would take its place: then they were not there before it.
   */
  private static void awaitSeen(List<SocketChannel> crowd, int places) {
    ByteBuffer nothing = ByteBuffer.allocate(1);
    List<SocketChannel> open = new ArrayList<>(crowd);
    Eventually.await(
        "the node has closed all but those that have a place",
        () -> {
          open.removeIf(bare -> isClosed(bare, nothing.clear()));
          return open.size() <= places;
        },
        open::size);
  }

  private static boolean isClosed(SocketChannel bare, ByteBuffer nothing) {
    try {
      return bare.read(nothing) < 0;
    } catch (IOException e) {
      return true;
    }
  }

  /** How long it takes. */
  private static Duration asked(RunningNode node) throws IOException {
    long begin = System.nanoTime();
    assertThat(node.ask("EXEC")).contains("> hello\n");
    return Duration.ofNanos(System.nanoTime() - begin);
  }

  private static void awaitEmpty(RunningNode node) {
    NodeListener listener = node.listener;
    Eventually.await("nobody is there", () -> listener.connections() == 0, listener::connections);
  }

  @Test
  void fiftyRelaysThatAskAllAtOnceFollowOneAgent() throws Exception {
    String script = "echo ran >> $DIR/ran; mkfifo $DIR/go; read x < $DIR/go; seq 2000";
    CountDownLatch follow = new CountDownLatch(50);
    try (RunningNode node = RunningNode.in(folder).connections(50).script(script).start();
        var threads = Executors.newFixedThreadPool(50)) {
      Callable<List<String>> trigger =
          () -> {
            try (Wire wire = node.identified()) {
              CfengineDialogue.request(wire, "EXEC -Dforce_a");
              wire.readFrame();
              follow.countDown();
              return CfengineDialogue.hearAnswer(wire);
            }
          };
      List<Future<List<String>>> answers = new ArrayList<>();
      for (int relay = 0; relay < 50; relay++) {
        answers.add(threads.submit(trigger));
      }
      assertThat(follow.await(Eventually.DEADLINE.toMillis(), TimeUnit.MILLISECONDS)).isTrue();
      Files.writeString(node.host.folder().resolve("go"), "go\n");

      for (Future<List<String>> answer : answers) {
        assertThat(answer.get()).hasSize(2001).startsWith("> 1\n").endsWith("(exit code: 0)\n");
      }
      assertThat(node.host.folder().resolve("ran")).hasContent("ran");
    }
  }

  /** From {@code 127.0.0.N}; closed with a reset, so that no port waits. */
  private static SocketChannel bare(int port, int from) throws IOException {
    SocketChannel bare = SocketChannel.open();
    bare.setOption(StandardSocketOptions.SO_LINGER, 0);
    bare.bind(new InetSocketAddress(InetAddress.ofLiteral("127.0.0." + from), 0));
    bare.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
    bare.configureBlocking(false);
    return bare;
  }

  private static int descriptors() {
    int count = 0;
    try (DirectoryStream<Path> all = Files.newDirectoryStream(Path.of("/proc/self/fd"))) {
      for (Path _ : all) {
        count++;
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return count;
  }
}
