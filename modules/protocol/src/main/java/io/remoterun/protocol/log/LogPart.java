package io.remoterun.protocol.log;

import java.nio.file.Path;
import java.util.Locale;

/**
 * A file of a log. What is in it up to its size never changes.
 *
 * @param last the highest number in it, or more, up to where the next part begins
 * @param bytes how many of the file can be read
 */
record LogPart(Kind kind, Path file, long last, long bytes) {
  enum Kind {
    /** How the run began; kept for ever. */
    HEAD,
    /** What is left of tails that were dropped: a gap for each node, and all that is no output. */
    MIDDLE,
    /** A tail without the output of nodes that had printed too much. */
    THIN,
    /** How the run goes on. */
    TAIL
  }

  /** Of a tail, what stands for it when it is thin. */
  Path thinFile() {
    return file.resolveSibling(file.getFileName().toString().replaceFirst("^tail-", "thin-"));
  }

  /** Its number is that of its first event, but for a middle, where it is that of the last. */
  static Path file(Path folder, Kind kind, long number) {
    String name = kind.name().toLowerCase(Locale.ROOT);
    return folder.resolve(String.format("%s-%019d.ndjson", name, number));
  }
}
