package io.remoterun.helper;

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

/** Files that nobody but root can have put there or changed. */
final class RootOwned {
  private RootOwned() {}

  /**
   * The whole way to it, from the top: who may write into a folder above can put something else
   * there.
   */
  static Path check(Path path) throws IOException {
    if (!path.isAbsolute() || !path.equals(path.normalize())) {
      throw new Refusal(path + " is not an absolute path without . and ..");
    }
    if (path.getParent() != null) {
      check(path.getParent());
    }
    var is = Files.readAttributes(path, PosixFileAttributes.class, NOFOLLOW_LINKS);
    if (is.isSymbolicLink()) {
      throw new Refusal(path + " is a symbolic link: name what it points to");
    }
    if (!Files.getAttribute(path, "unix:uid", NOFOLLOW_LINKS).equals(0)) {
      throw new Refusal(path + " does not belong to root");
    }
    if (!Collections.disjoint(is.permissions(), Set.of(GROUP_WRITE, OTHERS_WRITE))) {
      throw new Refusal(path + " can be written by others than root");
    }
    return path;
  }

  /**
   * The program, and each argument that is a path: it may be a script, or name one. If it is not
   * there yet, whoever may write where it would be could put it there.
   */
  static void checkCommand(List<String> words) throws IOException {
    Path program = check(Path.of(words.getFirst()));
    if (!Files.isRegularFile(program) || !Files.isExecutable(program)) {
      throw new Refusal(program + " is no executable file");
    }
    for (String word : words) {
      Path path = word.startsWith("/") ? Path.of(word) : null;
      while (path != null && !Files.exists(path, NOFOLLOW_LINKS)) {
        path = path.getParent();
      }
      if (path != null) {
        check(path);
      }
    }
  }
}
