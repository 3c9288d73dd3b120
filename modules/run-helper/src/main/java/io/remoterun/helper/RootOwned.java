package io.remoterun.helper;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;

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

  static Path program(Path path) throws IOException, Refusal {
    if ((check(path, FILE) & EXECUTABLE) == 0) {
      throw new Refusal(path + " is not executable");
    }
    return path;
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
