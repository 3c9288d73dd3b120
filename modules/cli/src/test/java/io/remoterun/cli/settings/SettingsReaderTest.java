package io.remoterun.cli.settings;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.remoterun.cli.console.Failure;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SettingsReaderTest {
  @TempDir Path home;

  private final WebappOptions flags = new WebappOptions();
  private final Map<String, String> environment = new HashMap<>();

  private Settings read() {
    environment.put("HOME", home.toString());
    return SettingsReader.read(flags, environment);
  }

  private Path file(String text) throws IOException {
    Path file = home.resolve(".config/remote-run/config.toml");
    Files.createDirectories(file.getParent());
    return secret(file, text);
  }

  private static Path secret(Path file, String text) throws IOException {
    Files.writeString(file, text);
    return Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
  }

  @Test
  void aFlagCountsMoreThanTheEnvironmentAndThatMoreThanTheFile() throws IOException {
    file("url = \"https://file.example/rudder\"\nca-file = \"/file.pem\"\npin = \"file\"\n");
    assertThat(read().url()).hasToString("https://file.example/rudder");

    environment.put("REMOTE_RUN_URL", "https://environment.example/");
    environment.put("REMOTE_RUN_CA_FILE", "/environment.pem");
    flags.url = "https://flag.example";

    Settings settings = read();
    assertThat(settings.url()).hasToString("https://flag.example");
    assertThat(settings.caFile()).contains(Path.of("/environment.pem"));
    assertThat(settings.pin()).contains("file");
  }

  @Test
  void theTokenOfAFlagsFileCountsMoreThanTheEnvironmentsAndThatMoreThanTheFiles()
      throws IOException {
    file("token = \"of-file\"\n");
    assertThat(read().token().value()).isEqualTo("of-file");
    environment.put("REMOTE_RUN_TOKEN_FILE", secret(home.resolve("t"), "of-variable\n").toString());
    assertThat(read().token().value()).isEqualTo("of-variable");
    environment.put("REMOTE_RUN_TOKEN", "of-environment");
    assertThat(read().token().value()).isEqualTo("of-environment");
    flags.tokenFile = secret(home.resolve("flag"), "of-flag\n").toString();
    assertThat(read().token().value()).isEqualTo("of-flag");
  }

  @Test
  void theFileIsWhereTheSystemsConventionsSay() throws IOException {
    Path folder = Files.createDirectories(home.resolve("xdg/remote-run"));
    Files.writeString(folder.resolve("config.toml"), "url = \"https://xdg.example\"\n");
    environment.put("XDG_CONFIG_HOME", home.resolve("xdg").toString());
    assertThat(read().url()).hasToString("https://xdg.example");

    Path other = Files.writeString(home.resolve("other"), "url = \"https://other.example\"\n");
    environment.put("REMOTE_RUN_CONFIG", other.toString());
    assertThat(read().url()).hasToString("https://other.example");
  }

  @Test
  void aFileWithATokenThatOthersReadIsRefused() throws IOException {
    Path file = file("token = \"secret\"\n");
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r-----"));

    assertThatThrownBy(this::read)
        .isInstanceOf(Failure.class)
        .hasMessageContaining("chmod 600 " + file)
        .hasMessageNotContaining("secret");
  }

  @Test
  void aTokenIsForTheWebappThatItStandsBeside() throws IOException {
    file("url = \"https://rudder.example\"\ntoken = \"secret\"\n");
    flags.url = "https://elsewhere.example";

    assertThatThrownBy(this::read)
        .hasMessageContaining("is for https://rudder.example, not for https://elsewhere.example")
        .hasMessageNotContaining("secret");
  }

  @ParameterizedTest
  @ValueSource(strings = {"http://127.0.0.1:1", "http://localhost:1", "http://[::1]:1"})
  void httpIsForThisMachine(String url) {
    flags.url = url;
    assertThat(read().url()).hasToString(url);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"http://rudder.example", "http://127.evil.example", "http://localhost.example"})
  void httpToOtherMachinesHasToBeAskedFor(String url) {
    flags.url = url;
    assertThatThrownBy(this::read).hasMessageContaining("--insecure-http");
    environment.put("REMOTE_RUN_INSECURE_HTTP", "true");
    assertThat(read().url()).hasToString(url);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "rudder.example", "ftp://rudder.example", "https:///x", "https://a b"})
  void whatIsNoUrlIsSaid(String url) {
    flags.url = url;
    assertThatThrownBy(this::read).hasMessageContaining("is no URL of a webapp");
  }

  @ParameterizedTest
  @ValueSource(strings = {"tokn = \"x\"", "[section]\nurl = \"x\"", "url = [1]", "url = "})
  void aFileThatIsWrongIsSaid(String text) throws IOException {
    Path file = file(text);
    assertThatThrownBy(this::read)
        .isInstanceOf(Failure.class)
        .hasMessageStartingWith(file.toString());
  }

  @Test
  void aTokenShowsItselfToNobody() {
    environment.put("REMOTE_RUN_TOKEN", "secret");
    assertThat(read().toString()).doesNotContain("secret");
  }
}
