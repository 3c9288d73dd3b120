package io.remoterun.process;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** With files of each machine; those of others, links and modes are tried with the real helper. */
class RootOwnedTest {
  @ParameterizedTest
  @ValueSource(strings = {"/", "/etc/passwd", "/etc/no-such-file", "/etc/no-such-folder/file"})
  void whatOnlyRootCanChangeOrMakeIsRoots(String path) {
    assertThatCode(() -> RootOwned.check(Path.of(path))).doesNotThrowAnyException();
  }

  @ParameterizedTest
  @CsvSource({
    "etc/passwd, etc/passwd is not an absolute path without . and ..",
    "/etc/../etc/passwd, /etc/../etc/passwd is not an absolute path without . and ..",
    "/tmp, /tmp can be written by others than root",
    "/tmp/no-such-file, /tmp can be written by others than root",
    "/tmp/no-such-folder/file, /tmp can be written by others than root",
    "/proc/self/exe, /proc/self is a symbolic link: name what it points to",
  })
  void otherwiseItSaysWhatOthersCouldChange(String path, String objection) {
    assertThatThrownBy(() -> RootOwned.check(Path.of(path)))
        .isInstanceOf(SecurityException.class)
        .hasMessage(objection);
  }

  @Test
  void ofACommandAllThatAreAbsolutePathsCount() {
    assertThatCode(() -> RootOwned.check(List.of("/etc/passwd", "--file=/tmp/x", "tmp")))
        .doesNotThrowAnyException();
    assertThatThrownBy(() -> RootOwned.check(List.of("/etc/passwd", "-f", "/tmp/x")))
        .hasMessage("/tmp can be written by others than root");
    assertThatThrownBy(() -> RootOwned.check(List.of("passwd")))
        .hasMessage("passwd is not an absolute path without . and ..");
  }
}
