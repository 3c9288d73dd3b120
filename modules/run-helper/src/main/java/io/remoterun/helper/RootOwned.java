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
import java.util.Objects;
import java.util.Set;

/** Files that nobody but root can have put there or changed. */
final class RootOwned {
  private RootOwned() {}

  static Path file(Path path) throws IOException, Refusal {
    return check(path, false);
  }

  static Path folder(Path path) throws IOException, Refusal {
    return check(path, true);
  }

  /** The program, and each argument that is a path: it may be a script, or name one. */
  static void command(List<String> words) throws IOException, Refusal {
    if (!Files.isExecutable(file(Path.of(words.getFirst())))) {
      throw new Refusal(words.getFirst() + " is not executable");
    }
    for (String word : words.subList(1, words.size())) {
      if (word.startsWith("/")) {
        argument(Path.of(word));
      }
    }
  }

  /** If it is not there yet, whoever may write where it would be could put it there. */
  private static void argument(Path path) throws IOException, Refusal {
    if (Files.exists(path, NOFOLLOW_LINKS)) {
      check(path, Files.isDirectory(path, NOFOLLOW_LINKS));
    } else {
      argument(Objects.requireNonNull(path.getParent(), "there is a /"));
    }
  }

  /** The whole way to it: who may write into a folder above can put something else there. */
  private static Path check(Path path, boolean isFolder) throws IOException, Refusal {
    if (!path.isAbsolute() || !path.equals(path.normalize())) {
      throw new Refusal(path + " is not an absolute path without . and ..");
    }
    if (path.getParent() != null) {
      check(path.getParent(), true);
    }
    var is = Files.readAttributes(path, PosixFileAttributes.class, NOFOLLOW_LINKS);
    if (is.isSymbolicLink()) {
      throw new Refusal(path + " is a symbolic link: name what it points to");
    }
    if (isFolder ? !is.isDirectory() : !is.isRegularFile()) {
      throw new Refusal(path + " is not a regular " + (isFolder ? "folder" : "file"));
    }
    if (!Files.getAttribute(path, "unix:uid", NOFOLLOW_LINKS).equals(0)) {
      throw new Refusal(path + " does not belong to root");
    }
    if (!Collections.disjoint(is.permissions(), Set.of(GROUP_WRITE, OTHERS_WRITE))) {
      throw new Refusal(path + " can be written by others than root");
    }
    return path;
  }
}
