package io.remoterun.helper;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;

/** Files that nobody but root can have put there or changed. */
final class RootOwned {
  private static final int TYPE = 0170000;
  private static final int FOLDER = 0040000;
  private static final int FILE = 0100000;
  private static final int LINK = 0120000;
  private static final int WRITABLE_BY_OTHERS = 0022;
  private static final int EXECUTABLE = 0100;

  private RootOwned() {}

  static Path file(Path path) throws IOException, Refusal {
    check(path, FILE);
    return path;
  }

  /** The program, and each argument that is a path: it may be a script, or name one. */
  static void command(List<String> words) throws IOException, Refusal {
    Path program = Path.of(words.getFirst());
    if ((check(program, FILE) & EXECUTABLE) == 0) {
      throw new Refusal(program + " is not executable");
    }
    for (String word : words.subList(1, words.size())) {
      if (word.startsWith("/")) {
        argument(Path.of(word));
      }
    }
  }

  /** If it is not there yet, whoever may write where it would be could put it there. */
  private static void argument(Path path) throws IOException, Refusal {
    Path there = path;
    while (!Files.exists(there, LinkOption.NOFOLLOW_LINKS)) {
      there = Objects.requireNonNull(there.getParent(), "there is a /");
    }
    check(there, Files.isDirectory(there, LinkOption.NOFOLLOW_LINKS) ? FOLDER : FILE);
  }

  static Path folder(Path path) throws IOException, Refusal {
    check(path, FOLDER);
    return path;
  }

  /** The whole way to it: who may write into a folder above can put something else there. */
  private static int check(Path path, int type) throws IOException, Refusal {
    Path above = path.getParent();
    if (!path.isAbsolute() || !path.equals(path.normalize())) {
      throw new Refusal(path + " is not an absolute path without . and ..");
    }
    if (above != null) {
      check(above, FOLDER);
    }
    int mode = (Integer) Files.getAttribute(path, "unix:mode", LinkOption.NOFOLLOW_LINKS);
    if ((mode & TYPE) == LINK) {
      throw new Refusal(path + " is a symbolic link: name what it points to");
    }
    if ((mode & TYPE) != type) {
      throw new Refusal(path + " is not a regular " + (type == FILE ? "file" : "folder"));
    }
    if (!Files.getAttribute(path, "unix:uid", LinkOption.NOFOLLOW_LINKS).equals(0)) {
      throw new Refusal(path + " does not belong to root");
    }
    if ((mode & WRITABLE_BY_OTHERS) != 0) {
      throw new Refusal(path + " can be written by others than root");
    }
    return mode;
  }
}
