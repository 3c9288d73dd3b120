package io.remoterun.testkit;

import io.remoterun.protocol.keys.HostKey;
import io.remoterun.testing.Eventually;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.security.PublicKey;
import java.util.Arrays;
import javax.net.ssl.SSLSocket;
import org.jspecify.annotations.Nullable;

/**
 * One end of a connection, in the hands of a test: says and hears exactly what the test wants,
 * right or wrong. Blocks; gives up on anything after {@link Eventually#DEADLINE}. Not for several
 * threads.
 */
public final class Wire implements AutoCloseable {
  private static final int HEADER_BYTES = 8;

  /**
   * A transaction as it came.
   *
   * @param kind {@code t} or {@code m}
   * @param text the payload; each byte is one character
   */
  public record Frame(char kind, String text) {}

  private final Socket raw;
  private final Socket socket;

  private Wire(Socket raw, Socket socket) throws IOException {
    this.raw = raw;
    this.socket = socket;
    socket.setSoTimeout((int) Eventually.DEADLINE.toMillis());
  }

  /** Connects to a port of this machine and shakes hands as the client with that key. */
  public static Wire connect(int port, HostKey key) throws IOException {
    return connect(port, ShownKey.of(key));
  }

  /** Connects and shakes hands, and shows what a good peer might not show. */
  public static Wire connect(int port, ShownKey shown) throws IOException {
    Socket raw = open(port);
    return new Wire(raw, StrangersTls.client(raw, shown)).handshake();
  }

  /** Connects and shakes hands with TLS 1.2, in which one can do that again. */
  public static Wire connectTls12(int port, HostKey key) throws IOException {
    Socket raw = open(port);
    SSLSocket tls = StrangersTls.client(raw, ShownKey.of(key));
    tls.setEnabledProtocols(new String[] {"TLSv1.2"});
    return new Wire(raw, tls).handshake();
  }

  /** What TLS clients begin with. */
  public static byte[] clientHello() throws IOException {
    return StrangersTls.clientHello();
  }

  /** Connects with TLS, and has no certificate to show. */
  public static Wire connectWithoutKey(int port) throws IOException {
    Socket raw = open(port);
    return new Wire(raw, StrangersTls.client(raw, null)).handshake();
  }

  /** Connects without TLS. */
  public static Wire connectPlain(int port) throws IOException {
    Socket raw = open(port);
    return new Wire(raw, raw);
  }

  static Wire accepted(Socket raw, @Nullable HostKey key) throws IOException {
    return new Wire(raw, key == null ? raw : StrangersTls.server(raw, key));
  }

  private static Socket open(int port) throws IOException {
    Socket socket = new Socket();
    socket.connect(
        new InetSocketAddress(InetAddress.getLoopbackAddress(), port),
        (int) Eventually.DEADLINE.toMillis());
    return socket;
  }

  /** Shakes hands now, where otherwise the first word would make it. */
  Wire handshake() throws IOException {
    if (socket instanceof SSLSocket tls) {
      try {
        tls.startHandshake();
      } catch (IOException e) {
        raw.close();
        throw e;
      }
    }
    return this;
  }

  /** Begins another handshake, and does not wait for what becomes of it. */
  public void renegotiate() throws IOException {
    if (socket instanceof SSLSocket tls) {
      tls.startHandshake();
    }
  }

  /** The key that the peer proved to have. */
  public PublicKey peerKey() throws IOException {
    if (socket instanceof SSLSocket tls) {
      return tls.getSession().getPeerCertificates()[0].getPublicKey();
    }
    throw new IOException("no TLS, no key");
  }

  /** As one write; each character is one byte. */
  public Wire send(String text) throws IOException {
    return send(text.getBytes(StandardCharsets.ISO_8859_1));
  }

  public Wire send(byte[] bytes) throws IOException {
    socket.getOutputStream().write(bytes);
    socket.getOutputStream().flush();
    return this;
  }

  /** A transaction whose header tells the truth. */
  public Wire sendFrame(char kind, String payload) throws IOException {
    return send(frame(kind, payload.length(), payload.getBytes(StandardCharsets.ISO_8859_1)));
  }

  /** A transaction whose header gives that length, whatever the payload has. */
  public Wire sendLyingFrame(char kind, long claimed, String payload) throws IOException {
    return send(frame(kind, claimed, payload.getBytes(StandardCharsets.ISO_8859_1)));
  }

  private static byte[] frame(char kind, long claimed, byte[] payload) {
    byte[] header = (kind + " " + claimed).getBytes(StandardCharsets.ISO_8859_1);
    ByteArrayOutputStream frame = new ByteArrayOutputStream();
    frame.writeBytes(Arrays.copyOf(header, HEADER_BYTES));
    frame.writeBytes(payload);
    return frame.toByteArray();
  }

  /** The next line, without its line feed. */
  public String readLine() throws IOException {
    ByteArrayOutputStream line = new ByteArrayOutputStream();
    for (byte next = readBytes(1)[0]; next != '\n'; next = readBytes(1)[0]) {
      line.write(next);
    }
    return line.toString(StandardCharsets.ISO_8859_1);
  }

  /** Exactly that many. */
  public byte[] readBytes(int count) throws IOException {
    byte[] bytes = socket.getInputStream().readNBytes(count);
    if (bytes.length < count) {
      throw new EOFException("the peer closed after " + bytes.length + " of " + count + " bytes");
    }
    return bytes;
  }

  /** The next transaction; its header must be right. */
  public Frame readFrame() throws IOException {
    String header = new String(readBytes(HEADER_BYTES), StandardCharsets.ISO_8859_1);
    if (!header.matches("[tm] [1-9][0-9]{0,3}\0+")) {
      throw new IOException("no transaction header: " + header);
    }
    int length = Integer.parseInt(header.substring(2, header.indexOf('\0')));
    return new Frame(header.charAt(0), new String(readBytes(length), StandardCharsets.ISO_8859_1));
  }

  /**
   * Says nothing more, and waits until the peer closes or resets the connection.
   *
   * @return what the peer still sent
   * @throws SocketTimeoutException when it does not
   */
  public byte[] awaitClose() throws IOException {
    ByteArrayOutputStream rest = new ByteArrayOutputStream();
    try {
      socket.getInputStream().transferTo(rest);
    } catch (SocketTimeoutException e) {
      throw e;
    } catch (IOException e) {
      // a reset, or TLS that was not ended in order: closed all the same
    }
    return rest.toByteArray();
  }

  /** Ends the connection in the middle: no end of TLS is sent, as when a machine disappears. */
  public void cut() throws IOException {
    raw.close();
  }

  /** Ends the connection with a reset. */
  public void reset() throws IOException {
    raw.setSoLinger(true, 0);
    raw.close();
  }

  /** Ends it in order. */
  @Override
  public void close() throws IOException {
    try {
      socket.close();
    } finally {
      raw.close();
    }
  }
}
