package io.remoterun.node.agent;

import io.remoterun.protocol.run.RunFailure.Kind;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * Systemd listens at this socket, and starts a helper for each connection.
 *
 * @param socket as in {@code remote-run-helper.socket}
 */
record HelperSocketDoor(Path socket) implements HelperLine.Door {

  private record Line(SocketChannel channel, DataInputStream in, OutputStream out)
      implements HelperLine {
    @Override
    public String lastWords() {
      return "the system's journal may say why: journalctl -u 'remote-run-helper@*'";
    }

    @Override
    public void close() throws IOException {
      channel.close();
    }
  }

  @Override
  public HelperLine open() throws IOException {
    SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX);
    try {
      channel.connect(UnixDomainSocketAddress.of(socket));
    } catch (IOException e) {
      channel.close();
      throw new LaunchFailure(Kind.AGENT, unreachable(String.valueOf(e.getMessage())));
    }
    return new Line(
        channel,
        new DataInputStream(Channels.newInputStream(channel)),
        Channels.newOutputStream(channel));
  }

  @Override
  public Optional<String> hindrance() {
    if (Files.isWritable(socket)) {
      return Optional.empty();
    }
    return Optional.of(
        unreachable(Files.exists(socket) ? "Permission denied" : "No such file or directory"));
  }

  private String unreachable(String reason) {
    return "the helper's socket "
        + socket
        + " cannot be reached ("
        + reason
        + "): enable remote-run-helper.socket, and let this user's group open it";
  }
}
