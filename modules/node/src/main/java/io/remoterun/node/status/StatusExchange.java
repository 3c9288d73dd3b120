package io.remoterun.node.status;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.util.function.Supplier;
import java.util.regex.Pattern;

/** One request and its answer: as little of HTTP as {@code curl} needs. */
final class StatusExchange {
  static final int MOST_BYTES = 4096;

  private static final Pattern REQUEST = Pattern.compile("([A-Z]+) (/\\S*) HTTP/1\\.[01]\r?\n");
  private static final Pattern END = Pattern.compile("\r?\n\r?\n");

  private StatusExchange() {}

  /** Blocks; who is too slow has the channel closed by somebody else. */
  static void answer(SocketChannel peer, Supplier<NodeStatus> status) throws IOException {
    String request = read(peer);
    var line = REQUEST.matcher(request);
    if (!line.lookingAt()) {
      write(peer, "400 Bad Request", "text/plain", "GET / HTTP/1.1 is all there is\n");
    } else if (!line.group(2).equals("/")) {
      write(peer, "404 Not Found", "text/plain", "there is nothing but /\n");
    } else if (!line.group(1).equals("GET")) {
      write(peer, "405 Method Not Allowed", "text/plain", "GET is all there is\n");
    } else {
      write(peer, "200 OK", "application/json", StatusJson.of(status.get()) + "\n");
    }
  }

  private static String read(SocketChannel peer) throws IOException {
    ByteBuffer bytes = ByteBuffer.allocate(MOST_BYTES);
    String text = "";
    while (bytes.hasRemaining() && !END.matcher(text).find() && peer.read(bytes) >= 0) {
      text = new String(bytes.array(), 0, bytes.position(), ISO_8859_1);
    }
    return END.matcher(text).find() ? text : "";
  }

  private static void write(SocketChannel peer, String status, String type, String text)
      throws IOException {
    byte[] body = text.getBytes(UTF_8);
    String head =
        "HTTP/1.1 %s\r\nContent-Type: %s; charset=utf-8\r\nContent-Length: %d\r\nConnection: close\r\n\r\n"
            .formatted(status, type, body.length);
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    all.writeBytes(head.getBytes(ISO_8859_1));
    all.writeBytes(body);
    ByteBuffer bytes = ByteBuffer.wrap(all.toByteArray());
    while (bytes.hasRemaining()) {
      peer.write(bytes);
    }
  }
}
