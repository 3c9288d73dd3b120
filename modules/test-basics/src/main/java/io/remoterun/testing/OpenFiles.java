package io.remoterun.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * Sockets, pipes and files of this process, by {@code /proc/self/fd}. Not looked at: what Java
 * opens once and keeps, that is libraries, devices and the selectors of event loops.
 */
final class OpenFiles implements Watch {
  private static final Path DESCRIPTORS = Path.of("/proc/self/fd");
  private static final Set<String> LIBRARIES = Set.of("jar", "so", "modules", "jsa");

  private final Set<String> before;

  OpenFiles() {
    useSocketsOnce();
    before = now();
  }

  @Override
  public List<String> left() {
    Set<String> left = now();
    left.removeAll(before);
    left.removeIf(KeptOpen::has);
    return List.copyOf(left);
  }

  private static Set<String> now() {
    Set<String> open = new TreeSet<>();
    if (!Files.isDirectory(DESCRIPTORS)) {
      return open;
    }
    try (DirectoryStream<Path> descriptors = Files.newDirectoryStream(DESCRIPTORS)) {
      for (Path descriptor : descriptors) {
        addTarget(descriptor, open);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return open;
  }

  private static void addTarget(Path descriptor, Set<String> open) {
    try {
      String target = Files.readSymbolicLink(descriptor).toString();
      if (isOfATest(target)) {
        open.add(target);
      }
    } catch (IOException e) {
      // closed since it was listed; the listing's own descriptor always is
    }
  }

  private static boolean isOfATest(String target) {
    return target.startsWith("socket:")
        || target.startsWith("pipe:")
        || (target.startsWith("/")
            && !target.startsWith("/dev/")
            && !target.startsWith("/proc/")
            && !LIBRARIES.contains(target.replace(" (deleted)", "").replaceFirst(".*[./]", "")));
  }

  /** Java keeps one socket from the first time that it closes one. */
  private static void useSocketsOnce() {
    try (ServerSocket server = new ServerSocket(0, 0, InetAddress.getLoopbackAddress());
        Socket client = new Socket(server.getInetAddress(), server.getLocalPort());
        Socket accepted = server.accept()) {
      accepted.getOutputStream().write(client.getLocalPort());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
