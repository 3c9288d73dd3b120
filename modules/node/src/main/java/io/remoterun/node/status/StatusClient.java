package io.remoterun.node.status;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.json.JsonMapper;

/** Asks a node on this machine how it is. */
public final class StatusClient {
  private static final int MOST_BYTES = 1 << 20;
  private static final String REQUEST = "GET / HTTP/1.1\r\nHost: node\r\nConnection: close\r\n\r\n";

  /** A node that has not been restarted since an update leaves out what is new. */
  static final JsonMapper JSON =
      JsonMapper.builder().disable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES).build();

  private StatusClient() {}

  /**
   * Blocks, at most so long.
   *
   * @throws IOException when nobody answers, or with something else
   */
  public static NodeStatus get(Path socket, Duration patience) throws IOException {
    try (SocketChannel node = SocketChannel.open(UnixDomainSocketAddress.of(socket))) {
      CompletableFuture.delayedExecutor(patience.toMillis(), TimeUnit.MILLISECONDS)
          .execute(() -> close(node));
      node.write(ByteBuffer.wrap(REQUEST.getBytes(US_ASCII)));
      return parse(readAll(node));
    }
  }

  private static NodeStatus parse(String answer) throws IOException {
    int body = answer.indexOf("\r\n\r\n");
    if (!answer.startsWith("HTTP/1.1 200 ") || body < 0) {
      throw new IOException("the answer is not that of a node");
    }
    try {
      return JSON.readValue(answer.substring(body), NodeStatus.class);
    } catch (JacksonException e) {
      throw new IOException("the answer is not that of a node of this version", e);
    }
  }

  private static String readAll(SocketChannel node) throws IOException {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    ByteBuffer some = ByteBuffer.allocate(8192);
    while (node.read(some) >= 0 && all.size() < MOST_BYTES) {
      all.write(some.array(), 0, some.position());
      some.clear();
    }
    return all.toString(UTF_8);
  }

  private static void close(SocketChannel node) {
    try {
      node.close();
    } catch (IOException e) {
      // It is closed.
    }
  }
}
