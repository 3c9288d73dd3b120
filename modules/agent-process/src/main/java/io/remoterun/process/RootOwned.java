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
import java.util.Set;

/**
 * Files that nobody but root can have put there or changed: what root executes and relies on has to
 * be. Blocks.
 */
public final class RootOwned {
  private RootOwned() {}

  /**
   * The whole way to it counts, from the top: who may write into a folder above can put something
   * else there. So nobody else can put something where there is nothing yet.
   *
   * @throws SecurityException why it is none
   */
  public static void check(Path path) throws IOException {
    if (!path.isAbsolute() || !path.equals(path.normalize())) {
      throw new SecurityException(path + " is not an absolute path without . and ..");
    }
    Path parent = path.getParent();
    if (parent != null) {
      check(parent);
    }
    if (Files.notExists(path, NOFOLLOW_LINKS)) {
      return;
    }
    var is = Files.readAttributes(path, PosixFileAttributes.class, NOFOLLOW_LINKS);
    if (is.isSymbolicLink()) {
      throw new SecurityException(path + " is a symbolic link: name what it points to");
    }
    if (!Files.getAttribute(path, "unix:uid", NOFOLLOW_LINKS).equals(0)) {
      throw new SecurityException(path + " does not belong to root");
    }
    if (!Collections.disjoint(is.permissions(), Set.of(GROUP_WRITE, OTHERS_WRITE))) {
      throw new SecurityException(path + " can be written by others than root");
    }
  }

  /** The program, and each argument that is a path: it may be a script, or name one. */
  public static void check(List<String> command) throws IOException {
    check(Path.of(command.getFirst()));
    for (String word : command) {
      if (word.startsWith("/")) {
        check(Path.of(word));
      }
    }
  }
}
