package io.remoterun.process;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
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
  void whatOnlyRootCanChangeOrMakeIsRoots(String path) throws IOException {
    assertThat(RootOwned.objection(Path.of(path))).isEmpty();
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
  void otherwiseItSaysWhatOthersCouldChange(String path, String objection) throws IOException {
    assertThat(RootOwned.objection(Path.of(path))).contains(objection);
  }

  @Test
  void ofACommandAllThatAreAbsolutePathsCount() throws IOException {
    assertThat(RootOwned.objectionTo(List.of("/etc/passwd", "--file=/tmp/x", "tmp"))).isEmpty();
    assertThat(RootOwned.objectionTo(List.of("/etc/passwd", "-f", "/tmp/x")))
        .contains("/tmp can be written by others than root");
    assertThat(RootOwned.objectionTo(List.of("passwd")))
        .contains("passwd is not an absolute path without . and ..");
  }
}
