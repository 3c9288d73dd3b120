package io.remoterun.app.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DemoFolderTest {
  @TempDir Path folder;

  @Test
  void isOfOneDemoAtATime() throws IOException {
    Path state = folder.resolve("st");
    try (DemoFolder taken = DemoFolder.take(Optional.of(state))) {
      assertThat(taken.path()).isEqualTo(state);
      assertThatThrownBy(() -> DemoFolder.take(Optional.of(state)))
          .hasMessage("another demo uses " + state + ": end it, or name another folder");
    }
    DemoFolder.take(Optional.of(state)).close();
  }

  @Test
  void thatCannotBeMadeIsToldInWords() throws IOException {
    Path file = Files.createFile(folder.resolve("file"));

    assertThatThrownBy(() -> DemoFolder.take(Optional.of(file)))
        .hasMessage("cannot write to " + file + ": " + file + " is no folder. Name another folder");
    assertThatThrownBy(() -> DemoFolder.take(Optional.of(Path.of("/proc/x"))))
        .hasMessage("cannot write to /proc/x: it cannot be made there. Name another folder");
  }
}
