package io.remoterun.node.schedule;

import static java.nio.file.attribute.PosixFilePermission.OTHERS_WRITE;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * Whose word counts for what is run: root's, and that of this program's own user, who could have it
 * run anyway. What anybody else could have written might be run as root.
 *
 * @param self stands for this program: it belongs to its user
 */
record Trust(Path self) {
  static final Trust OURS = new Trust(Path.of("/proc/self"));

  private static final String UID = "unix:uid";

  /**
   * Why nobody should rely on that file, or on what is in that folder, and what to do, if so. Of a
   * link, what it points to counts. Blocks.
   *
   * @throws java.nio.file.NoSuchFileException when it is not there
   */
  Optional<String> objection(Path path) throws IOException {
    Object owner = Files.getAttribute(path, UID);
    if (!owner.equals(0) && !owner.equals(Files.getAttribute(self, UID))) {
      return Optional.of(
          "is not used, because it belongs to %s, who is neither root nor the node's user, %s (chown root %s)"
              .formatted(Files.getOwner(path), Files.getOwner(self), path));
    }
    return Files.getPosixFilePermissions(path).contains(OTHERS_WRITE)
        ? Optional.of("is not used, because everybody may write it (chmod o-w %s)".formatted(path))
        : Optional.empty();
  }
}
