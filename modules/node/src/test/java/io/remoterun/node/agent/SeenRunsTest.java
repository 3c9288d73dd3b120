package io.remoterun.node.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;
import static org.assertj.core.api.InstanceOfAssertFactories.STRING;

import io.remoterun.protocol.run.RunId;
import io.remoterun.testing.Eventually;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SeenRunsTest {
  private final List<RunId> ids = Stream.generate(RunId::random).limit(10).toList();
  @TempDir private Path folder = Path.of("");

  private Path file() {
    return folder.resolve("state/seen-runs");
  }

  private SeenRuns seen() throws IOException {
    return new SeenRuns(file(), 3);
  }

  @Test
  void knowsWhatAnEarlierProcessHasSeen() throws IOException {
    seen().add(ids.get(0));
    seen().add(ids.get(1));

    assertThat(seen().contains(ids.get(0))).isTrue();
    assertThat(seen().contains(ids.get(1))).isTrue();
    assertThat(seen().contains(ids.get(2))).isFalse();
  }

  @Test
  void isForItsOwnerOnly() throws IOException {
    seen().add(ids.getFirst());

    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file())))
        .isEqualTo("rw-------");
  }

  @Test
  void forgetsTheOldestAndItsFileDoesNotGrow() throws IOException {
    SeenRuns seen = seen();
    for (RunId id : ids) {
      seen.add(id);
      assertThat(Files.readAllLines(file())).hasSizeLessThanOrEqualTo(6).endsWith(id.toString());
    }

    assertThat(ids.stream().filter(seen::contains)).isEqualTo(ids.subList(7, 10));
    assertThat(ids.stream().filter(seen()::contains)).isEqualTo(ids.subList(7, 10));
  }

  @Test
  void aLineThatIsBrokenOffDoesNotSpoilTheNext() throws IOException {
    seen().add(ids.get(0));
    Files.writeString(file(), "0e37df36-f6", StandardOpenOption.APPEND);
    seen().add(ids.get(1));

    assertThat(Files.readAllLines(file()))
        .containsExactly(ids.get(0).toString(), ids.get(1).toString());
  }

  @Test
  void aFileThatIsTakenAwayIsWrittenAnew() throws IOException {
    SeenRuns seen = seen();
    seen.add(ids.get(0));
    Files.delete(file());
    seen.add(ids.get(1));

    assertThat(Files.readAllLines(file()))
        .containsExactly(ids.get(0).toString(), ids.get(1).toString());
  }

  @Test
  void whatIsWrittenSoonIsThereWhenThatWasWaitedFor() throws IOException {
    SeenRuns seen = seen();
    List<RunId> few = ids.subList(0, 3);
    List<CompletableFuture<Optional<String>>> problems = few.stream().map(seen::addSoon).toList();
    seen.await(Eventually.DEADLINE);

    assertThat(problems).extracting(CompletableFuture::join).containsOnly(Optional.empty());
    assertThat(Files.readAllLines(file()))
        .containsExactlyInAnyOrderElementsOf(few.stream().map(RunId::toString).toList());
  }

  @Test
  void whoWantsItWrittenSoonHearsWhyItIsNot() throws IOException {
    SeenRuns seen = seen();
    Files.delete(file());
    Files.delete(file().getParent());

    assertThat(seen.addSoon(ids.getFirst()).join()).get(STRING).contains(file().toString());
    assertThat(seen.contains(ids.getFirst())).isFalse();
  }

  @Test
  void whatCannotBeWrittenDownPushesNothingOut() throws IOException {
    SeenRuns seen = seen();
    for (RunId id : ids.subList(0, 3)) {
      seen.add(id);
    }
    Files.delete(file());
    Files.delete(file().getParent());
    for (RunId id : ids.subList(3, 10)) {
      assertThatIOException().isThrownBy(() -> seen.add(id));
    }
    Files.createDirectory(file().getParent());
    assertThat(ids.stream().filter(seen::contains)).isEqualTo(ids.subList(0, 3));

    seen.add(ids.get(9));
    List<RunId> last = List.of(ids.get(1), ids.get(2), ids.get(9));
    assertThat(ids.stream().filter(seen::contains)).isEqualTo(last);
    assertThat(ids.stream().filter(seen()::contains)).isEqualTo(last);
  }

  @Test
  void whatIsTakenBackMayComeAgain() throws IOException {
    SeenRuns seen = seen();
    seen.add(ids.get(0));
    seen.add(ids.get(1));
    seen.takeBackSoon(ids.get(0));
    seen.await(Eventually.DEADLINE);

    assertThat(seen.contains(ids.get(0))).isFalse();
    assertThat(Files.readAllLines(file())).containsExactly(ids.get(1).toString());
  }
}
