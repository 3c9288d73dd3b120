package io.remoterun.protocol.keys;

import io.remoterun.protocol.run.NodeId;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.interfaces.RSAPublicKey;
import java.util.Optional;

/**
 * A folder with the public keys that nodes had when they were first seen: {@code NODEID.pub}, PEM.
 * A node id is never a path. Nothing is cached, and nothing is ever replaced: who removes a file
 * has its node trusted anew.
 *
 * <p>All methods but {@link #fileOf} do file input and output: not for event loops.
 */
public final class StoredKeys {
  private final Path folder;

  public StoredKeys(Path folder) {
    this.folder = folder;
  }

  public Path fileOf(NodeId node) {
    return folder.resolve(node + ".pub");
  }

  /**
   * The node's key, if one is stored.
   *
   * @throws IOException when it cannot be read; the message names the file
   */
  public Optional<RSAPublicKey> find(NodeId node) throws IOException {
    try {
      return Optional.of(HostKey.readPublic(fileOf(node)));
    } catch (NoSuchFileException e) {
      return Optional.empty();
    }
  }

  /**
   * Stores the node's key, whole or not at all, mode 600; makes the folder, mode 700, where it is
   * missing. Of two that do this at once, in whatever process, one wins.
   *
   * @return whether it is stored; if not, there is one already
   */
  public boolean storeFirst(NodeId node, RSAPublicKey key) throws IOException {
    KeyFiles.makeFolder(folder);
    try {
      KeyFiles.writeNew(fileOf(node), KeyPem.of(key));
      return true;
    } catch (FileAlreadyExistsException e) {
      return false;
    }
  }
}
