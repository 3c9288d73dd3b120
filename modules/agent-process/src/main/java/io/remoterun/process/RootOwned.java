package io.remoterun.process;

import static java.nio.file.LinkOption.NOFOLLOW_LINKS;
import static java.nio.file.attribute.PosixFilePermission.GROUP_WRITE;
import static java.nio.file.attribute.PosixFilePermission.OTHERS_WRITE;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFileAttributes;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Files that nobody but root can have put there or changed: what root executes and relies on has to
 * be. Blocks.
 */
public final class RootOwned {
  private RootOwned() {}

  /**
   * Why it is none. The whole way to it counts, from the top: who may write into a folder above can
   * put something else there. So nobody else can put something where there is nothing yet.
   */
  public static Optional<String> objection(Path path) throws IOException {
    if (!path.isAbsolute() || !path.equals(path.normalize())) {
      return Optional.of(path + " is not an absolute path without . and ..");
    }
    Path parent = path.getParent();
    Optional<String> above = parent == null ? Optional.empty() : objection(parent);
    return above.isPresent() || Files.notExists(path, NOFOLLOW_LINKS) ? above : toWhatIsThere(path);
  }

  private static Optional<String> toWhatIsThere(Path path) throws IOException {
    var is = Files.readAttributes(path, PosixFileAttributes.class, NOFOLLOW_LINKS);
    if (is.isSymbolicLink()) {
      return Optional.of(path + " is a symbolic link: name what it points to");
    }
    if (!Files.getAttribute(path, "unix:uid", NOFOLLOW_LINKS).equals(0)) {
      return Optional.of(path + " does not belong to root");
    }
    return Collections.disjoint(is.permissions(), Set.of(GROUP_WRITE, OTHERS_WRITE))
        ? Optional.empty()
        : Optional.of(path + " can be written by others than root");
  }

  /** Against the program, or an argument that is a path: it may be a script, or name one. */
  public static Optional<String> objectionTo(List<String> command) throws IOException {
    Optional<String> objection = objection(Path.of(command.getFirst()));
    for (String word : command) {
      if (objection.isEmpty() && word.startsWith("/")) {
        objection = objection(Path.of(word));
      }
    }
    return objection;
  }
}
