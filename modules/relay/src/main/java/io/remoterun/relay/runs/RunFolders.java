package io.remoterun.relay.runs;

import io.remoterun.protocol.log.FileRunLog;
import io.remoterun.protocol.log.RunLog;
import io.remoterun.protocol.run.BadRequest;
import io.remoterun.protocol.run.NodeId;
import io.remoterun.protocol.run.RunEvent;
import io.remoterun.protocol.run.RunFailure;
import io.remoterun.protocol.run.RunFailure.Kind;
import io.remoterun.protocol.run.RunId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import org.slf4j.Logger;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;

/**
 * Keeps each run in a folder of its own, named by its id: {@code run.json} tells what was asked
 * for, before the run begins, and beside it is the log. After a restart a run is read when somebody
 * asks for it; one that was in the middle ends then, for all nodes whose end was not heard of.
 */
public final class RunFolders implements RunStore {
  private static final Scheduler FILES =
      Schedulers.fromExecutor(task -> Thread.ofVirtual().name("run-files").start(task));

  private final Path folder;
  private final FileRunLog.Limits limits;
  private final NodeId self;
  private final Logger log;
  private final Map<RunId, RunLog> open = new ConcurrentHashMap<>();

  private RunFolders(Path folder, FileRunLog.Limits limits, NodeId self, Logger log) {
    this.folder = folder;
    this.limits = limits;
    this.self = self;
    this.log = log;
  }

  /**
   * @param folder is made, for its owner only, if it is not there
   * @param limits of each log
   * @param self this relay's id, for the failures of runs that it was in the middle of
   * @throws IOException when the folder cannot be used
   */
  public static RunFolders in(Path folder, FileRunLog.Limits limits, NodeId self, Logger log)
      throws IOException {
    Files.createDirectories(
        folder, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
    if (!Files.isWritable(folder)) {
      throw new IOException(folder + " cannot be written to");
    }
    return new RunFolders(folder, limits, self, log);
  }

  @Override
  public RunLog log(RunId id) {
    return open.computeIfAbsent(id, key -> new FileRunLog(of(key), limits));
  }

  private Path of(RunId id) {
    return folder.resolve(id.toString());
  }

  @Override
  public Mono<Void> keep(Run run) {
    return Mono.<Void>fromCallable(
            () -> {
              KeptRun.of(run).write(of(run.request().id()));
              return null;
            })
        .subscribeOn(FILES)
        .onErrorResume(error -> Mono.fromRunnable(() -> notKept(run, error)));
  }

  private void notKept(Run run, Throwable error) {
    log.error(
        "run {} goes on, but would be forgotten by a restart: {}",
        run.request().id(),
        error.toString());
  }

  /** The oldest first. Those that would not leave half of the disk's bound free are deleted. */
  @Override
  public List<RunId> kept() {
    try (Stream<Path> folders = Files.list(folder)) {
      List<RunId> ids =
          folders
              .sorted(
                  Comparator.comparingLong((Path path) -> path.toFile().lastModified()).reversed())
              .flatMap(RunFolders::id)
              .toList();
      List<RunId> kept = new ArrayList<>();
      long room = limits.disk().budget().mostBytes() / 2;
      for (RunId id : ids) {
        room -= size(of(id));
        if (room >= 0) {
          kept.addFirst(id);
        } else {
          delete(id);
        }
      }
      return kept;
    } catch (IOException e) {
      log.error("the runs of before cannot be found: {}", e.toString());
      return List.of();
    }
  }

  private static long size(Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.mapToLong(file -> file.toFile().length()).sum();
    }
  }

  private static Stream<RunId> id(Path folder) {
    try {
      return Stream.of(RunId.parse(String.valueOf(folder.getFileName())));
    } catch (BadRequest e) {
      return Stream.of();
    }
  }

  @Override
  public Mono<Run> load(RunId id) {
    return Mono.fromCallable(() -> read(id)).subscribeOn(FILES);
  }

  private Run read(RunId id) throws IOException {
    KeptRun kept = KeptRun.read(of(id));
    FileRunLog events = FileRunLog.open(of(id), limits);
    open.put(id, events);
    Run run = kept.run(id, events);
    events.marks().forEach(run::see);
    if (!events.isClosed()) {
      interrupted(run).forEach(run::seeAndAppend);
      events.close();
    }
    return run;
  }

  private List<RunEvent> interrupted(Run run) {
    String reason =
        "this relay ended in the middle of the run, and what the agent printed since is lost";
    RunFailure failure = new RunFailure(Kind.INTERRUPTED, "relay " + self, reason);
    List<RunEvent> failures = new ArrayList<>();
    run.tally()
        .nodes()
        .forEach(
            (node, standing) -> {
              if (!standing.last().isTerminal()) {
                failures.add(new RunEvent.Failed(node, failure));
              }
            });
    failures.forEach(
        failed -> log.warn("run {}: node {}: {}", run.request().id(), failed.node(), failure));
    return failures;
  }

  @Override
  public Mono<Void> forget(RunId id) {
    RunLog events = open.remove(id);
    Mono<Void> discarded = events == null ? Mono.empty() : events.discard();
    return discarded.then(Mono.<Void>fromRunnable(() -> delete(id)).subscribeOn(FILES));
  }

  @Override
  public boolean isCrowded() {
    return RunStore.isCrowded(limits.disk().budget())
        || RunStore.isCrowded(limits.memory().budget());
  }

  private void delete(RunId id) {
    try (Stream<Path> files = Files.walk(of(id))) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    } catch (IOException e) {
      log.warn("what is left of run {} cannot be deleted: {}", id, e.toString());
    }
  }
}
