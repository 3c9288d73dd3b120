package io.remoterun.relay.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BearerTokenTest {
  @TempDir private Path folder;

  @Test
  void isMadeOnceForItsOwnerOnly() throws IOException {
    BearerToken made = BearerToken.madeIfMissing(file());
    String text = Files.readString(file());

    assertThat(text).matches("[A-Za-z0-9_-]{43}\n");
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file())))
        .isEqualTo("rw-------");
    BearerToken read = BearerToken.madeIfMissing(file());
    for (BearerToken token : new BearerToken[] {made, read}) {
      assertThat(token.isShownBy("Bearer " + text.strip())).isTrue();
    }
    assertThat(Files.readString(file())).isEqualTo(text);
  }

  @Test
  void nothingElseShowsIt() throws IOException {
    Files.writeString(file(), "secret\n");
    readableBy("rw-r-----");
    BearerToken token = BearerToken.madeIfMissing(file());

    assertThat(token.isShownBy("Bearer secret")).isTrue();
    for (String header : new String[] {"", "secret", "Bearer", "Bearer ", "Basic secret"}) {
      assertThat(token.isShownBy(header)).isFalse();
    }
    assertThat(token.isShownBy(null)).isFalse();
  }

  @Test
  void aFileThatOthersCanReadIsRefused() throws IOException {
    Files.writeString(file(), "secret\n");
    readableBy("rw-r--r--");

    assertThatIOException()
        .isThrownBy(() -> BearerToken.madeIfMissing(file()))
        .withMessage("others may read or write the token in " + file() + ": chmod 600 it");
  }

  @Test
  void anEmptyFileIsRefused() throws IOException {
    Files.createFile(file());
    readableBy("rw-------");

    assertThatIOException()
        .isThrownBy(() -> BearerToken.madeIfMissing(file()))
        .withMessageStartingWith("there is no token in " + file());
  }

  @Test
  void aMissingFolderIsNamed() {
    Path file = folder.resolve("no/token");
    assertThatIOException()
        .isThrownBy(() -> BearerToken.madeIfMissing(file))
        .withMessageContaining("there is no folder for the token file " + file);
  }

  private void readableBy(String permissions) throws IOException {
    Files.setPosixFilePermissions(file(), PosixFilePermissions.fromString(permissions));
  }

  private Path file() {
    return folder.resolve("token");
  }
}
