package io.remoterun.protocol.log;

import io.remoterun.protocol.log.LogPart.Kind;
import io.remoterun.protocol.run.NodeId;
import io.remoterun.protocol.run.RunEvent;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Finds out what is in the folder of a log, whose writer may have ended at any moment: a last line
 * that was not finished is cut off, and so is what was being replaced. Blocks.
 */
final class LogRecovery {
  private static final Pattern NAME =
      Pattern.compile("(head|middle|thin|tail)-([0-9]{19})\\.ndjson");

  /**
   * @param parts that can be read
   * @param seen what of each node's output is in them
   * @param outputs how many bytes of each node's output are in them
   * @param marks the events that are no output
   * @param isClosed whether the log is complete
   */
  record Found(
      List<LogPart> parts,
      Seen seen,
      Map<NodeId, Long> outputs,
      List<RunEvent> marks,
      boolean isClosed) {
    static Found nothing() {
      return new Found(List.of(), new Seen(), Map.of(), List.of(), false);
    }
  }

  private record Name(Kind kind, long number, Path file) {
    static Stream<Name> of(Path file) {
      Matcher name = NAME.matcher(file.getFileName().toString());
      return name.matches()
          ? Stream.of(
              new Name(
                  Kind.valueOf(name.group(1).toUpperCase(Locale.ROOT)),
                  Long.parseLong(name.group(2)),
                  file))
          : Stream.empty();
    }
  }

  private final List<LogPart> parts = new ArrayList<>();
  private final Seen seen = new Seen();
  private final Map<NodeId, Long> outputs = new HashMap<>();
  private final List<RunEvent> marks = new ArrayList<>();

  static Found in(Path folder) throws IOException {
    return new LogRecovery().find(folder);
  }

  private Found find(Path folder) throws IOException {
    Files.deleteIfExists(folder.resolve(LogFiles.UNFINISHED));
    List<Name> names = current(names(folder));
    boolean isClosed = !names.isEmpty() && endsClosed(names.getLast().file());
    for (int i = 0; i < names.size(); i++) {
      addPart(names.get(i), i + 1 == names.size());
    }
    return new Found(parts, seen, outputs, marks, isClosed);
  }

  private static List<Name> names(Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files
          .flatMap(Name::of)
          .sorted(Comparator.comparing(Name::kind).thenComparingLong(Name::number))
          .toList();
    }
  }

  /** Without those that the newest middle, or a thin one, stands for. */
  private static List<Name> current(List<Name> names) throws IOException {
    long replaced =
        names.stream()
            .filter(name -> name.kind() == Kind.MIDDLE)
            .mapToLong(Name::number)
            .max()
            .orElse(0);
    Set<Long> thin =
        names.stream()
            .filter(name -> name.kind() == Kind.THIN)
            .map(Name::number)
            .collect(Collectors.toSet());
    List<Name> current = new ArrayList<>();
    for (Name name : names) {
      boolean isOld =
          switch (name.kind()) {
            case HEAD -> false;
            case MIDDLE -> name.number() < replaced;
            case THIN -> name.number() <= replaced;
            case TAIL -> name.number() <= replaced || thin.contains(name.number());
          };
      if (isOld) {
        Files.delete(name.file());
      } else {
        current.add(name);
      }
    }
    return current;
  }

  private static boolean endsClosed(Path file) throws IOException {
    byte[] all = Files.readAllBytes(file);
    int size = LogFiles.CLOSED.length;
    return all.length >= size
        && Arrays.equals(all, all.length - size, all.length, LogFiles.CLOSED, 0, size);
  }

  private void addPart(Name name, boolean isLast) throws IOException {
    byte[] all = Files.readAllBytes(name.file());
    long last = name.kind() == Kind.MIDDLE ? name.number() : name.number() - 1;
    int good = 0;
    for (int i = 0; i < all.length; i++) {
      if (all[i] == '\n') {
        Optional<Slot> slot;
        try {
          slot = RunEventStream.decodeSlot(Arrays.copyOfRange(all, good, i));
        } catch (MalformedEventException e) {
          break; // as after a power cut
        }
        slot.ifPresent(this::count);
        last = Math.max(last, slot.map(Slot::sequence).orElse(0L));
        good = i + 1;
      }
    }
    if (isLast && good == 0) {
      Files.delete(name.file());
      return;
    }
    if (isLast && good < all.length) {
      truncate(name.file(), good);
    }
    parts.add(new LogPart(name.kind(), name.file(), last, good));
  }

  private void count(Slot slot) {
    if (slot.event() instanceof RunEvent.Output output) {
      outputs.merge(output.node(), (long) output.bytes().size(), Long::sum);
    }
    if (!(slot.event() instanceof RunEvent.Output || slot.event() instanceof RunEvent.Gap)) {
      marks.add(slot.event());
    }
    seen.skipTo(slot.event().node(), slot.before() + KeptOutput.bytesOf(slot.event()));
  }

  private static void truncate(Path file, long size) throws IOException {
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
      channel.truncate(size);
    }
  }
}
