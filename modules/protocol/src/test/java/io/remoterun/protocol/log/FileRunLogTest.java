package io.remoterun.protocol.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.remoterun.protocol.log.FileRunLog.Limits;
import io.remoterun.protocol.log.RunLog.Entry;
import io.remoterun.protocol.run.NodeId;
import io.remoterun.protocol.run.OutputBytes;
import io.remoterun.protocol.run.RunEvent;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Sinks;
import reactor.test.StepVerifier;

class FileRunLogTest extends RunLogContract {
  private static final Duration SOON = Duration.ofSeconds(15);
  private static final long WINDOW = 40_000;

  @TempDir private Path folder = Path.of("");
  private final AtomicInteger folders = new AtomicInteger();
  private final List<FileRunLog> logs = new ArrayList<>();

  @AfterEach
  void discardAll() {
    logs.forEach(log -> log.discard().block(SOON));
  }

  @Override
  protected RunLog log() {
    return log(folder("log"), Limits.of(100_000_000));
  }

  @Override
  protected RunLog smallLog() {
    return log(folder("small"), limits(5_000));
  }

  private Path folder(String name) {
    return folder.resolve(name + folders.incrementAndGet());
  }

  /** A window so small that readers that are late read the files. */
  private static Limits limits(long disk) {
    return new Limits(LogBounds.of(WINDOW), LogBounds.of(disk));
  }

  private FileRunLog log(Path path, Limits limits) {
    FileRunLog log = new FileRunLog(path, limits);
    logs.add(log);
    return log;
  }

  private FileRunLog open(Path path, Limits limits) throws IOException {
    FileRunLog log = FileRunLog.open(path, limits);
    logs.add(log);
    return log;
  }

  private static void record(FileRunLog log, Flux<RunEvent> events) {
    log.record(events);
    log.written().block(SOON);
  }

  private static Flux<RunEvent> lines(int first, int last) {
    return Flux.range(first, last - first + 1).map(FileRunLogTest::line);
  }

  private static RunEvent line(int number) {
    return output(N1, "line %06d of this run\n".formatted(number));
  }

  @Test
  void aFastSourceLosesNothingWhileTheDiskHasRoom() {
    FileRunLog log = log(folder("log"), limits(100_000_000));
    record(log, lines(1, 20_000).concatWithValues(finished(N1)));

    assertThat(all(log))
        .hasSize(20_001)
        .startsWith(line(1), line(2))
        .endsWith(line(20_000), finished(N1));
  }

  @Test
  void aNodeThatPrintsMuchDoesNotPushOutTheOutputOfOthers() throws IOException {
    Path path = folder("log");
    Limits limits =
        new Limits(LogBounds.of(WINDOW), new LogBounds(1_000_000, 20_000, LogBudget.unlimited()));
    FileRunLog log = log(path, limits);
    Flux<RunEvent> quiet = Flux.range(1, 10_000).filter(i -> i % 100 == 0).map(i -> quiet(i));
    record(
        log,
        lines(1, 10_000)
            .concatMapIterable(
                line ->
                    numberOf(line) % 100 == 0
                        ? List.of(line, quiet(numberOf(line)))
                        : List.of(line))
            .concatWithValues(finished(N1), finished(N2)));

    List<RunEvent> events = all(log);
    assertThat(events).filteredOn(event -> event.node().equals(N2)).hasSize(101);
    assertThat(events).containsAll(quiet.collectList().block());
    assertThat(events).startsWith(line(1), line(2)).contains(line(10_000), finished(N1));
    List<RunEvent> loud = events.stream().filter(event -> event.node().equals(N1)).toList();
    assertThat(printed(loud)).isEqualTo(10_000L * bytesOf(line(1)));
    assertThat(kept(events)).isBetween(8_000L, 27_000L);

    log.written().block(SOON);
    assertThat(all(open(path, limits))).isEqualTo(events);
  }

  private static RunEvent quiet(int number) {
    return output(N2, "quiet " + number + "\n");
  }

  private static int numberOf(RunEvent line) {
    return Integer.parseInt(((RunEvent.Output) line).bytes().toUtf8().substring(5, 11));
  }

  private static long bytesOf(RunEvent output) {
    return ((RunEvent.Output) output).bytes().size();
  }

  /** Of the first node's output. */
  private static long kept(List<RunEvent> events) {
    return events.stream()
        .filter(event -> event.node().equals(N1) && event instanceof RunEvent.Output)
        .mapToLong(FileRunLogTest::bytesOf)
        .sum();
  }

  @Test
  void theHeadAndTheTailAreKeptOnTheDisk() throws IOException {
    Path path = folder("log");
    FileRunLog log = log(path, limits(100_000));
    record(
        log,
        Flux.<RunEvent>just(new RunEvent.Started(N1, "agent"))
            .concatWith(lines(1, 4_000))
            .concatWithValues(finished(N1), new RunEvent.Started(N2, "agent"))
            .concatWith(Flux.range(1, 1_000).map(i -> output(N2, "n2 says " + i + "\n")))
            .concatWithValues(finished(N2)));

    assertThat(bytesIn(path)).isBetween(70_000L, 107_000L);
    List<RunEvent> events = all(log);
    assertThat(events).startsWith(new RunEvent.Started(N1, "agent"), line(1), line(2));
    assertThat(events).endsWith(output(N2, "n2 says 1000\n"), finished(N2));
    assertThat(events)
        .contains(finished(N1), new RunEvent.Started(N2, "agent"))
        .filteredOn(RunEvent.Gap.class::isInstance)
        .hasSize(2);
    assertThat(printed(events))
        .isEqualTo(
            4_000L * KeptOutput.bytesOf(line(1))
                + IntStream.rangeClosed(1, 1_000)
                    .mapToLong(i -> ("n2 says " + i + "\n").length())
                    .sum());
  }

  private static long printed(List<RunEvent> events) {
    return events.stream().mapToLong(KeptOutput::bytesOf).sum();
  }

  private static long bytesIn(Path path) throws IOException {
    long bytes = 0;
    try (Stream<Path> files = Files.list(path)) {
      for (Path file : files.toList()) {
        bytes += Files.size(file);
      }
    }
    return bytes;
  }

  @Test
  void aReaderGoesOnWhereWhatItReadsIsDroppedUnderIt() {
    for (int readBefore : List.of(1, 300, 999)) {
      FileRunLog log = log(folder("log"), limits(120_000));
      Sinks.Empty<RunEvent> more = Sinks.empty();
      log.record(Flux.concat(lines(1, 1_000), more.asMono(), lines(1_001, 2_500)));
      List<RunEvent> read = new ArrayList<>();
      StepVerifier.create(log.events().doOnNext(read::add), 0)
          .thenRequest(readBefore)
          .expectNextCount(readBefore)
          .then(more::tryEmitEmpty)
          .then(() -> log.written().block(SOON))
          .thenRequest(Long.MAX_VALUE)
          .thenConsumeWhile(event -> true)
          .expectComplete()
          .verify(SOON);

      assertThat(read.subList(0, readBefore))
          .isEqualTo(lines(1, readBefore).collectList().block(SOON));
      assertThat(printed(read)).isEqualTo(2_500L * KeptOutput.bytesOf(line(1)));
      assertThat(read).endsWith(line(2_499), line(2_500));
    }
  }

  @Test
  void whatIsWrittenIsTheSameWhereverTheProcessIsKilled() throws IOException {
    Path path = folder("log");
    FileRunLog log = log(path, limits(100_000));
    record(log, lines(1, 3).concatWithValues(finished(N1)));
    List<Entry> before = entries(log);
    Path file = path.resolve("head-0000000000000000001.ndjson");
    byte[] all = Files.readAllBytes(file);

    for (int size : IntStream.of(0, 1, 100).toArray()) {
      openedAfterAKill(file, all, size, before);
    }
    for (int size = all.length - 90; size <= all.length; size++) {
      openedAfterAKill(file, all, size, before);
    }
  }

  private void openedAfterAKill(Path file, byte[] all, int size, List<Entry> before)
      throws IOException {
    Path copy = Files.createDirectory(folder("copy"));
    Files.write(copy.resolve(file.getFileName()), Arrays.copyOf(all, size));
    FileRunLog opened = open(copy, limits(100_000));
    int whole = (int) new String(all, 0, size, StandardCharsets.US_ASCII).lines().count();
    whole = size == 0 || all[size - 1] == '\n' ? whole : whole - 1;
    assertThat(opened.isClosed()).as("at %d", size).isEqualTo(size == all.length);
    if (!opened.isClosed()) {
      opened.append(finished(N2));
      opened.close();
      opened.written().block(SOON);
    }
    List<Entry> after = entries(opened);
    int events = Math.min(4, whole);
    assertThat(after.subList(0, events)).as("at %d", size).isEqualTo(before.subList(0, events));
    if (size < all.length) {
      assertThat(after.get(events).event()).isEqualTo(finished(N2));
      assertThat(after.get(events).sequence()).isGreaterThan(1L << 32);
    }
    assertThat(entries(open(copy, limits(100_000)))).isEqualTo(after);
  }

  private static List<Entry> entries(RunLog log) {
    return log.read(1).collectList().blockOptional(SOON).orElseThrow();
  }

  @Test
  void aLogThatWasOpenedGoesOnAndDropsAsBefore() throws IOException {
    Path path = folder("log");
    FileRunLog killed = log(path, limits(60_000));
    record(killed, lines(1, 1_000));
    removeClosedLine(path);

    FileRunLog opened = open(path, limits(60_000));
    assertThat(opened.isClosed()).isFalse();
    record(opened, lines(1_001, 2_500).concatWithValues(finished(N1)));
    List<RunEvent> events = all(opened);
    assertThat(printed(events)).isEqualTo(2_500L * KeptOutput.bytesOf(line(1)));
    assertThat(events).startsWith(line(1), line(2)).endsWith(line(2_500), finished(N1));
    assertThat(bytesIn(path)).isLessThan(65_000);
  }

  private static void removeClosedLine(Path path) throws IOException {
    try (Stream<Path> files = Files.list(path)) {
      for (Path file : files.toList()) {
        String text = Files.readString(file, StandardCharsets.ISO_8859_1);
        String closed = new String(LogFiles.CLOSED, StandardCharsets.US_ASCII);
        Files.writeString(file, text.replace(closed, ""), StandardCharsets.ISO_8859_1);
      }
    }
  }

  @Test
  void whatWasBeingReplacedIsFinishedWhenItIsOpened() throws IOException {
    Path path = folder("log");
    FileRunLog log = log(path, limits(60_000));
    record(log, lines(1, 1_200));
    List<Entry> before = entries(log);
    Path middle = only(path, "middle-");
    String through = middle.getFileName().toString().substring(7, 26);
    Files.writeString(path.resolve("middle.tmp"), "{\"ev");
    Files.copy(middle, path.resolve("middle-0000000000000000001.ndjson"));
    Files.writeString(path.resolve("tail-" + through + ".ndjson"), "{\"ev");

    assertThat(entries(open(path, limits(60_000)))).isEqualTo(before);
    assertThat(only(path, "middle")).isEqualTo(middle);
  }

  private static Path only(Path path, String prefix) throws IOException {
    try (Stream<Path> files = Files.list(path)) {
      List<Path> found =
          files.filter(file -> file.getFileName().toString().startsWith(prefix)).toList();
      assertThat(found).hasSize(1);
      return found.getFirst();
    }
  }

  @Test
  void manyNodesOutputsAndGapsSumUpWhateverIsDropped() {
    Random random = new Random(1);
    for (int round = 0; round < 3; round++) {
      FileRunLog log = log(folder("log"), limits(20_000 + random.nextInt(30_000)));
      List<RunEvent> told = new ArrayList<>();
      Seen printed = new Seen();
      for (int i = 0; i < 1_500; i++) {
        NodeId node = new NodeId("n" + random.nextInt(1 + i / 50));
        RunEvent event =
            random.nextInt(20) == 0
                ? new RunEvent.Gap(node, printed.of(node), random.nextInt(1_000))
                : output(node, "é\"\n".repeat(random.nextInt(20)));
        printed.unseen(event);
        told.add(event);
      }
      List<RunEvent> ends =
          told.stream().map(RunEvent::node).distinct().map(RunLogContract::finished).toList();
      record(log, Flux.fromIterable(told).concatWith(Flux.fromIterable(ends)));

      Seen read = new Seen();
      List<RunEvent> events = all(log);
      events.forEach(event -> assertThat(read.unseen(event)).isEqualTo(event));
      assertThat(events).containsAll(ends).hasSizeLessThan(told.size());
      for (RunEvent end : ends) {
        assertThat(read.of(end.node())).isEqualTo(printed.of(end.node()));
      }
    }
  }

  @Test
  void outputIsForTheOwnerOnly() throws IOException {
    Path path = folder("log");
    record(log(path, limits(60_000)), lines(1, 1_200));
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(path)))
        .isEqualTo("rwx------");
    try (Stream<Path> files = Files.list(path)) {
      for (Path file : files.toList()) {
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
            .isEqualTo("rw-------");
      }
    }
  }

  @Test
  void withoutADiskTheLogGoesOnInMemoryAndSaysWhatIsLost() throws IOException {
    Path file = Files.createFile(folder("file"));
    FileRunLog log = log(file.resolve("log"), limits(100_000));
    lines(1, 10_000).subscribe(log::append);
    log.append(finished(N1));
    log.close();
    log.written().block(SOON);

    List<RunEvent> events = all(log);
    assertThat(printed(events)).isEqualTo(10_000L * KeptOutput.bytesOf(line(1)));
    assertThat(events).endsWith(line(10_000), finished(N1)).hasSizeLessThan(500);
  }

  @Test
  void whenTheFilesAreGoneAReaderIsToldWhatIsLost() throws IOException {
    Path path = folder("log");
    FileRunLog log = log(path, limits(100_000_000));
    RunEvent started = new RunEvent.Started(N1, "agent");
    Sinks.Empty<RunEvent> end = Sinks.empty();
    log.record(
        Flux.concat(Flux.just(started), lines(1, 5_000), Flux.just(finished(N1)), end.asMono()));
    assertThat(log.events().takeUntil(RunEvent::isTerminal).collectList().block(SOON))
        .hasSize(5_002);
    deleteFiles(path);

    List<RunEvent> events =
        log.events()
            .takeUntil(RunEvent::isTerminal)
            .collectList()
            .blockOptional(SOON)
            .orElseThrow();
    assertThat(events).startsWith(started).endsWith(line(5_000), finished(N1));
    assertThat(events).filteredOn(RunEvent.Gap.class::isInstance).hasSize(1);
    assertThat(printed(events)).isEqualTo(5_000L * KeptOutput.bytesOf(line(1)));

    end.tryEmitEmpty();
    log.written().block(SOON);
    StepVerifier.create(log.events()).expectError(IOException.class).verify(SOON);
  }

  private static void deleteFiles(Path path) throws IOException {
    try (Stream<Path> files = Files.list(path)) {
      for (Path file : files.toList()) {
        Files.delete(file);
      }
    }
  }

  @Test
  void whatIsClosedAndWrittenCostsNoMemoryAndWhatIsDiscardedNoDisk() throws IOException {
    LogBudget memory = new LogBudget(1_000_000);
    LogBudget disks = new LogBudget(1_000_000);
    Path path = folder("log");
    FileRunLog log =
        log(
            path,
            new Limits(
                new LogBounds(WINDOW, WINDOW, memory), new LogBounds(100_000, 100_000, disks)));
    record(log, lines(1, 1_000).concatWithValues(finished(N1)));

    assertThat(memory.used()).isZero();
    assertThat(disks.used()).isEqualTo(bytesIn(path));
    log.discard().block(SOON);
    assertThat(disks.used()).isZero();
    assertThat(bytesIn(path)).isZero();
  }

  @Test
  void logsShareTheDiskAndEachDropsOnlyItsOwn() throws IOException {
    LogBudget disks = new LogBudget(150_000);
    Limits limits = new Limits(LogBounds.of(WINDOW), new LogBounds(100_000, 100_000, disks));
    FileRunLog first = log(folder("log"), limits);
    record(first, lines(1, 1_000));
    FileRunLog second = log(folder("log"), limits);
    record(second, lines(1, 2_000));

    assertThat(disks.used()).isLessThan(160_000);
    assertThat(all(first)).hasSize(1_000);
    assertThat(printed(all(second))).isEqualTo(2_000L * KeptOutput.bytesOf(line(1)));
  }

  @Test
  void everyByteIsTheSame() {
    FileRunLog log = log(folder("log"), limits(1_000_000));
    byte[] bytes = new byte[256];
    IntStream.range(0, 256).forEach(i -> bytes[i] = (byte) i);
    RunEvent odd = new RunEvent.Output(N1, OutputBytes.copyOf(bytes));
    RunEvent text = output(N1, "\0\1\b\f\t\r\n\"\\/ é 😀 \u007f\u2028");
    record(log, Flux.just(odd, text));
    assertThat(all(log)).containsExactly(odd, text);
  }

  @Test
  void aLogThatWasClosedTakesNothingMore() throws IOException {
    Path path = folder("log");
    record(log(path, limits(1_000)), lines(1, 3));
    FileRunLog opened = open(path, limits(1_000));
    assertThatIllegalStateException().isThrownBy(() -> opened.append(line(4)));
  }
}
