package io.remoterun.webapp.accounts;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SystemTokenTest {
  @TempDir Path folder;

  @Test
  void isInAFileForItsOwnerOnlyAndAsAHeaderInAnother() throws IOException {
    Path file = folder.resolve("run/api-token");

    SystemToken made = SystemToken.make(file);

    String text = Files.readString(file).strip();
    assertThat(text).matches("[A-Za-z0-9]{32}");
    assertThat(made.matches(text)).isTrue();
    Path header = folder.resolve("run/api-token-header");
    assertThat(header).hasContent("X-API-Token: " + text);
    for (Path secret : new Path[] {file, header}) {
      assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(secret)))
          .isEqualTo("rw-------");
    }
  }

  @Test
  void isAnotherOneAfterEachStart() throws IOException {
    Path file = folder.resolve("api-token");
    SystemToken.make(file);
    String old = Files.readString(file).strip();
    SystemToken second = SystemToken.make(file);
    assertThat(second.matches(old)).isFalse();
    assertThat(second.matches(Files.readString(file).strip())).isTrue();
  }

  @Test
  void takesTheFileFromWhoeverCouldReadTheOldOne() throws IOException {
    Path file = Files.writeString(folder.resolve("api-token"), "old");
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-rw-rw-"));
    SystemToken.make(file);
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
        .isEqualTo("rw-------");
    assertThat(folder.resolve("api-token.new")).doesNotExist();
  }

  @Test
  void matchesNothingButItself() throws IOException {
    Path file = folder.resolve("api-token");
    SystemToken token = SystemToken.make(file);
    String text = Files.readString(file).strip();
    assertThat(token.matches("")).isFalse();
    assertThat(token.matches(text + "\n")).isFalse();
    assertThat(token.matches(text.substring(1))).isFalse();
    assertThat(token.matches(swapped(text))).isFalse();
  }

  private static String swapped(String text) {
    String lower = text.toLowerCase(Locale.ROOT);
    return lower.equals(text) ? text.toUpperCase(Locale.ROOT) : lower;
  }

  @Test
  void saysWhereItCannotBeWritten() throws IOException {
    Path file = Files.writeString(folder.resolve("file"), "").resolve("api-token");
    assertThatThrownBy(() -> SystemToken.make(file))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("cannot write the system token to " + file);
  }
}
