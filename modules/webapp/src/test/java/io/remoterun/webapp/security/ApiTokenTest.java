package io.remoterun.webapp.security;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ApiTokenTest {
  private static final String TOKEN = "0123456789abcdef0123456789abcdef";

  @TempDir Path folder;

  @Test
  void isMadeForItsOwnerOnlyWhereThereIsNone() throws IOException {
    Path file = folder.resolve("run/api-token");

    ApiToken made = ApiToken.readOrMake(file);

    String text = Files.readString(file).strip();
    assertThat(text).matches("[A-Za-z0-9]{32}");
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
        .isEqualTo("rw-------");
    assertThat(made.matches(text)).isTrue();
    assertThat(ApiToken.readOrMake(file).matches(text)).isTrue();
  }

  @Test
  void isAnotherOneEachTime() throws IOException {
    ApiToken.readOrMake(folder.resolve("a"));
    ApiToken.readOrMake(folder.resolve("b"));
    assertThat(folder.resolve("a")).content().isNotEqualTo(Files.readString(folder.resolve("b")));
  }

  @Test
  void matchesNothingButItself() throws IOException {
    ApiToken token = ApiToken.readOrMake(file(TOKEN + "\n", "rw-------"));
    assertThat(token.matches(TOKEN)).isTrue();
    assertThat(token.matches("")).isFalse();
    assertThat(token.matches(TOKEN + "\n")).isFalse();
    assertThat(token.matches(TOKEN.substring(1))).isFalse();
    assertThat(token.matches(TOKEN.toUpperCase(java.util.Locale.ROOT))).isFalse();
  }

  @Test
  void mayBeReadByAGroup() throws IOException {
    assertThat(ApiToken.readOrMake(file(TOKEN, "rw-r-----")).matches(TOKEN)).isTrue();
  }

  @Test
  void isRefusedWhenOthersCanReadIt() throws IOException {
    Path file = file(TOKEN, "rw-r--r--");
    assertThatThrownBy(() -> ApiToken.readOrMake(file))
        .isInstanceOf(IOException.class)
        .hasMessage("others may read the secret in " + file + ": chmod 600 " + file)
        .hasMessageNotContaining(TOKEN);
  }

  @Test
  void isRefusedWhenItIsTooShort() throws IOException {
    Path file = file(TOKEN.substring(1), "rw-------");
    assertThatThrownBy(() -> ApiToken.readOrMake(file))
        .hasMessageContaining("has less than 32 characters")
        .hasMessageNotContaining(TOKEN.substring(1));
  }

  private Path file(String content, String permissions) throws IOException {
    Path file = Files.writeString(folder.resolve("token"), content);
    return Files.setPosixFilePermissions(file, PosixFilePermissions.fromString(permissions));
  }
}
