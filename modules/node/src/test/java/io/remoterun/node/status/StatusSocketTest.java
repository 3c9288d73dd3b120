package io.remoterun.node.status;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.remoterun.testing.Eventually;
import io.remoterun.testkit.CapturedLog;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.slf4j.LoggerFactory;

class StatusSocketTest {
  @TempDir private Path folder = Path.of("");
  private StatusSocket socket;

  @BeforeEach
  void start() {
    socket = make(path());
    socket.start();
  }

  @AfterEach
  void stop() {
    socket.stop();
  }

  private Path path() {
    return folder.resolve("status.sock");
  }

  private static StatusSocket make(Path path) {
    return new StatusSocket(path, () -> Statuses.NOT_WELL, LoggerFactory.getLogger("status"));
  }

  @Test
  void tellsAllThereIs() throws IOException {
    assertThat(StatusClient.get(path(), Eventually.DEADLINE)).isEqualTo(Statuses.NOT_WELL);
  }

  @Test
  void answersCurl() throws Exception {
    Process curl =
        new ProcessBuilder("curl", "-sS", "--unix-socket", path().toString(), "http://node/")
            .redirectErrorStream(true)
            .start();
    String answer = new String(curl.getInputStream().readAllBytes(), ISO_8859_1);

    assertThat(curl.waitFor()).as(answer).isZero();
    assertThat(answer)
        .contains("\"node\" : \"n1\"")
        .contains("\"since\" : \"2026-05-01T10:01:55Z\"");
  }

  @Test
  void isForItsOwnerOnlyAndGoesWithTheNode() throws IOException {
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(path())))
        .isEqualTo("rw-------");
    socket.stop();
    assertThat(path()).doesNotExist();
  }

  @ParameterizedTest
  @CsvSource({
    "'GET / HTTP/1.0\n\n', 200",
    "'GET /x HTTP/1.1\r\n\r\n', 404",
    "'POST / HTTP/1.1\r\n\r\n', 405",
    "'hello\n\n', 400",
    "'GET / HTTP/1.1', 400",
  })
  void answersWhatItCanAndRefusesTheRest(String request, String status) throws IOException {
    assertThat(exchange(request.getBytes(ISO_8859_1))).startsWith("HTTP/1.1 " + status + " ");
  }

  @Test
  void refusesARequestThatDoesNotEnd() throws IOException {
    assertThat(exchange(new byte[StatusExchange.MOST_BYTES])).startsWith("HTTP/1.1 400 ");
  }

  @Test
  void whoSaysNothingKeepsNobodyOutForLong() throws IOException {
    List<SocketChannel> silent = new ArrayList<>();
    try {
      for (int peer = 0; peer < 20; peer++) {
        silent.add(SocketChannel.open(UnixDomainSocketAddress.of(path())));
      }
      assertThat(StatusClient.get(path(), StatusSocket.PATIENCE.multipliedBy(5)))
          .isEqualTo(Statuses.NOT_WELL);
    } finally {
      for (SocketChannel peer : silent) {
        peer.close();
      }
    }
  }

  @Test
  void takesThePlaceOfASocketThatIsLeft() throws IOException {
    socket.stop();
    ServerSocketChannel dead = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
    dead.bind(UnixDomainSocketAddress.of(path())).close();
    assertThat(path()).exists();

    socket.start();
    assertThat(StatusClient.get(path(), Eventually.DEADLINE)).isEqualTo(Statuses.NOT_WELL);
  }

  @Test
  void leavesAnotherProcessAloneThatAnswersThere() throws IOException {
    try (CapturedLog log = CapturedLog.of("status")) {
      StatusSocket second = make(path());
      second.start();
      second.stop();

      log.await("ERROR no status at " + path(), "another process answers at");
      assertThat(StatusClient.get(path(), Eventually.DEADLINE)).isEqualTo(Statuses.NOT_WELL);
    }
  }

  @Test
  void leavesAFileAloneThatHasItsName() throws IOException {
    Path file = Files.writeString(folder.resolve("precious"), "words");
    try (CapturedLog log = CapturedLog.of("status")) {
      make(file).start();
      log.await("there is something else of that name");
    }
    assertThat(file).hasContent("words");
  }

  @Test
  void saysThatAPathIsTooLong() {
    try (CapturedLog log = CapturedLog.of("status")) {
      make(folder.resolve("x".repeat(108))).start();
      log.await("a socket's path may have 107 bytes");
    }
  }

  @Test
  void whoAsksWhereNobodyIsHearsSo() {
    assertThatThrownBy(() -> StatusClient.get(folder.resolve("none"), Eventually.DEADLINE))
        .isInstanceOf(IOException.class);
  }

  private String exchange(byte[] request) throws IOException {
    try (SocketChannel peer = SocketChannel.open(UnixDomainSocketAddress.of(path()))) {
      peer.write(ByteBuffer.wrap(request));
      peer.shutdownOutput();
      ByteArrayOutputStream answer = new ByteArrayOutputStream();
      ByteBuffer some = ByteBuffer.allocate(8192);
      while (peer.read(some) >= 0) {
        answer.write(some.array(), 0, some.position());
        some.clear();
      }
      return answer.toString(ISO_8859_1);
    }
  }
}
