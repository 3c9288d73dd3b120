package io.remoterun.webapp.nodes;

import io.remoterun.protocol.nodelist.NodeList;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The nodes in the root server's node list, with what a second file tells of them. Read anew when a
 * file has changed. Thread-safe; blocks.
 */
final class FleetFiles {
  private static final Logger log = LoggerFactory.getLogger("remote-run.webapp");

  /** Longer than the clock of any file system stands still. */
  private static final Duration TICK = Duration.ofSeconds(2);

  private final Path nodesList;
  private final Optional<Path> properties;
  private @Nullable Stamps readAt;
  private List<Node> nodes = List.of();

  FleetFiles(Path nodesList, Optional<Path> properties) {
    this.nodesList = nodesList;
    this.properties = properties;
  }

  /** What changes when a file is written, or another one takes its place. */
  private record Stamp(FileTime written, long size, @Nullable Object file) {
    static Stamp of(Path path) throws IOException {
      BasicFileAttributes is = Files.readAttributes(path, BasicFileAttributes.class);
      return new Stamp(is.lastModifiedTime(), is.size(), is.fileKey());
    }
  }

  private record Stamps(Stamp nodesList, Optional<Stamp> properties) {
    /** Whether a write that comes now would have another time. */
    boolean areOld() {
      Instant old = Instant.now().minus(TICK);
      return nodesList.written().toInstant().isBefore(old)
          && properties.map(stamp -> stamp.written().toInstant().isBefore(old)).orElse(true);
    }
  }

  /**
   * @throws IOException when one of them cannot be used; names it, and what is wrong
   */
  synchronized List<Node> read() throws IOException {
    // Before the contents: what is written in between is read the next time.
    Stamps now = stamps();
    if (!now.equals(readAt)) {
      nodes = readNow();
      readAt = now.areOld() ? now : null;
    }
    return nodes;
  }

  private Stamps stamps() throws IOException {
    Stamp list = Stamp.of(nodesList);
    return new Stamps(
        list, properties.isPresent() ? Optional.of(Stamp.of(properties.get())) : Optional.empty());
  }

  private List<Node> readNow() throws IOException {
    NodeList list = NodeList.read(nodesList);
    list.problems().forEach(log::warn);
    Map<String, Map<String, List<String>>> known =
        properties.isPresent() ? NodeProperties.read(properties.get()) : Map.of();
    return list.nodes().stream()
        .map(entry -> Node.of(entry, known.getOrDefault(entry.id().value(), Map.of())))
        .toList();
  }
}
