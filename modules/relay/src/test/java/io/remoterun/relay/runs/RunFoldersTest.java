package io.remoterun.relay.runs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.remoterun.protocol.log.FileRunLog;
import io.remoterun.protocol.log.LogBounds;
import io.remoterun.protocol.log.LogBudget;
import io.remoterun.protocol.run.Condition;
import io.remoterun.protocol.run.ExitStatus;
import io.remoterun.protocol.run.NodeId;
import io.remoterun.protocol.run.OutputBytes;
import io.remoterun.protocol.run.RunEvent;
import io.remoterun.protocol.run.RunFailure.Kind;
import io.remoterun.protocol.run.RunId;
import io.remoterun.protocol.run.RunRequest;
import io.remoterun.protocol.run.RunTarget;
import io.remoterun.testing.Eventually;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.helpers.NOPLogger;
import reactor.core.publisher.Flux;
import reactor.test.StepVerifier;

/** What a relay knows of its runs when it is started again. */
@Timeout(30)
class RunFoldersTest {
  private static final NodeId N1 = new NodeId("n1");
  private static final NodeId N2 = new NodeId("n2");
  private static final RunEvent STARTED = new RunEvent.Started(N1, "agent");
  private static final RunEvent OUTPUT = new RunEvent.Output(N1, OutputBytes.ofUtf8("OK\n"));
  private static final RunEvent FINISHED = new RunEvent.Finished(N1, ExitStatus.code(3));
  private static final RunRequest REQUEST =
      new RunRequest(
          RunId.random(),
          new RunTarget.Nodes(List.of(N1, N2)),
          List.of(new Condition("a"), new Condition("b_2")),
          false,
          true);

  @TempDir private Path temporary;
  private final AtomicInteger begun = new AtomicInteger();

  @Test
  void aRunThatHadEndedIsReadAgainAndNeverBegunAgain() throws IOException {
    RunEvent ended = new RunEvent.Finished(N2, ExitStatus.code(0));
    Run before = start(runs(Flux.just(STARTED, OUTPUT, FINISHED, ended)));
    awaitWritten(before);

    Runs later = runs(Flux.never());
    Run after = start(later);

    assertThat(begun).hasValue(1);
    assertThat(events(after)).containsExactly(STARTED, OUTPUT, FINISHED, ended);
    assertThat(after.tally().nodes()).isEqualTo(before.tally().nodes());
    assertThat(after.began()).isEqualTo(before.began());
    assertThat(after.ended()).isPresent();
    assertThat(later.find(REQUEST.id()).block()).isSameAs(after);
    StepVerifier.create(later.start(REQUEST.withTarget(RunTarget.all()), List.of()))
        .verifyError(OtherRequest.class);
  }

  @Test
  void aRunThatWasInTheMiddleEndsForTheNodesThatWereLeft() throws IOException {
    Run before = start(runs(Flux.just(STARTED, OUTPUT, FINISHED).concatWith(Flux.never())));
    StepVerifier.create(before.log().events().take(3)).expectNextCount(3).verifyComplete();
    Eventually.await(
        "the log is written", () -> writtenLog().contains("\"finished\""), this::writtenLog);

    Run after = start(runs(Flux.never()));

    List<RunEvent> events = events(after);
    assertThat(events).startsWith(STARTED, OUTPUT, FINISHED).hasSize(4);
    assertThat(events.getLast())
        .isInstanceOfSatisfying(
            RunEvent.Failed.class,
            failed -> {
              assertThat(failed.node()).isEqualTo(N2);
              assertThat(failed.failure().kind()).isEqualTo(Kind.INTERRUPTED);
              assertThat(failed.failure().hop()).isEqualTo("relay site");
            });
    assertThat(after.tally().counts()).hasToString("2 nodes: 1 agent error, 1 failed");
    assertThat(events(start(runs(Flux.never())))).isEqualTo(events);
    assertThat(begun).hasValue(1);
  }

  @Test
  void aRunForAllNodesIsForThoseThatThereWere() throws IOException {
    RunRequest all = REQUEST.withTarget(RunTarget.all());
    Runs runs = runs(Flux.just(FINISHED, new RunEvent.Finished(N2, ExitStatus.code(0))));
    awaitWritten(runs.start(all, List.of()).blockOptional().orElseThrow());

    Run after = runs(Flux.never()).start(all, List.of()).blockOptional().orElseThrow();

    assertThat(after.nodes()).containsExactly(N1, N2);
    assertThat(begun).hasValue(1);
  }

  @Test
  void whatIsKeptIsForItsOwnerOnlyAndGoesWhenItIsForgotten() throws IOException {
    Runs runs = runs(Flux.just(FINISHED, new RunEvent.Finished(N2, ExitStatus.code(0))));
    Run run = start(runs);
    awaitWritten(run);
    Path folder = temporary.resolve("runs").resolve(REQUEST.id().toString());
    for (Path kept : List.of(folder.getParent(), folder)) {
      assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(kept)))
          .isEqualTo("rwx------");
    }

    new Runs(engine(Flux.never()), folders(), new Runs.Limits(Duration.ofMillis(1), 10));

    Eventually.await("the folder is gone", () -> !Files.exists(folder), folder::toString);
  }

  @Test
  void aRunThatCannotBeReadIsAnErrorAndNotBegunAgain() throws IOException {
    awaitWritten(start(runs(Flux.just(FINISHED, new RunEvent.Finished(N2, ExitStatus.code(0))))));
    Path file = temporary.resolve("runs").resolve(REQUEST.id().toString()).resolve("run.json");
    Files.writeString(file, "{\"form\":");

    Runs later = runs(Flux.never());

    assertThatThrownBy(() -> start(later)).hasMessageContaining(file + " is broken");
    assertThat(begun).hasValue(1);
  }

  @Test
  void whatIsMoreThanHalfOfTheDisksBoundGoesWithTheRestartTheOldestFirst() throws IOException {
    Path runs = temporary.resolve("runs");
    List<RunId> ids = List.of(RunId.random(), RunId.random(), RunId.random());
    for (int i = 0; i < ids.size(); i++) {
      Path folder = Files.createDirectories(runs.resolve(ids.get(i).toString()));
      Files.write(folder.resolve("head"), new byte[400]);
      Files.setLastModifiedTime(folder, FileTime.fromMillis(1000L * i));
    }
    FileRunLog.Limits limits =
        new FileRunLog.Limits(
            LogBounds.of(1 << 20), new LogBounds(1 << 20, 1 << 20, new LogBudget(1700)));

    RunStore store = RunFolders.in(runs, limits, new NodeId("site"), NOPLogger.NOP_LOGGER);

    assertThat(store.kept()).containsExactly(ids.get(1), ids.get(2));
    assertThat(runs.resolve(ids.getFirst().toString())).doesNotExist();
  }

  private static void awaitWritten(Run run) {
    ((FileRunLog) run.log()).written().block();
  }

  private String writtenLog() {
    StringBuilder log = new StringBuilder();
    try (Stream<Path> files = Files.walk(temporary)) {
      for (Path file : files.filter(file -> file.toString().endsWith(".ndjson")).toList()) {
        log.append(Files.readString(file));
      }
    } catch (IOException e) {
      log.append(e);
    }
    return log.toString();
  }

  private static List<RunEvent> events(Run run) {
    return run.log().events().collectList().blockOptional().orElseThrow();
  }

  private static Run start(Runs runs) {
    return runs.start(REQUEST, List.of()).blockOptional().orElseThrow();
  }

  private Runs runs(Flux<RunEvent> events) throws IOException {
    return new Runs(engine(events), folders(), new Runs.Limits(Duration.ofMinutes(1), 10));
  }

  private RunStore folders() throws IOException {
    return RunFolders.in(
        temporary.resolve("runs"),
        FileRunLog.Limits.of(1 << 20),
        new NodeId("site"),
        NOPLogger.NOP_LOGGER);
  }

  private Engine engine(Flux<RunEvent> events) {
    return (request, path, cancel) ->
        new Plan(List.of(N1, N2), true, events.doFirst(begun::incrementAndGet));
  }
}
