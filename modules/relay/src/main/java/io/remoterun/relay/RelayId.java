package io.remoterun.relay;

import io.remoterun.protocol.run.BadRequest;
import io.remoterun.protocol.run.NodeId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/** Who this relay is: as it is set, else as Rudder has written it down. */
final class RelayId {
  private RelayId() {}

  /**
   * @throws IOException with words for the administrator when neither tells
   */
  static NodeId of(RelayProperties settings) throws IOException {
    return settings.id() == null ? read(settings.idFile()) : new NodeId(settings.id());
  }

  private static NodeId read(Path file) throws IOException {
    try {
      return new NodeId(Files.readString(file).strip());
    } catch (NoSuchFileException e) {
      throw new IOException(
          "who is this relay? There is no " + file + ": set remote-run.relay.id, or id-file", e);
    } catch (BadRequest e) {
      throw new IOException(
          file + " should hold the id of this relay and nothing else: " + e.getMessage(), e);
    }
  }
}
