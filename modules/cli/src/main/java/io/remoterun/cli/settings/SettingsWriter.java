package io.remoterun.cli.settings;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.remoterun.cli.console.Failure;
import io.remoterun.cli.console.FileProblem;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.LinkedHashMap;
import java.util.Map;
import tools.jackson.dataformat.toml.TomlMapper;

/** Writes {@code config.toml} anew, for its owner only. */
public final class SettingsWriter {
  private SettingsWriter() {}

  public static void write(Path file, Settings settings, boolean isInsecure) {
    Map<String, Object> toml = new LinkedHashMap<>();
    toml.put("url", settings.url().toString());
    toml.put("token", settings.token().value());
    settings.caFile().ifPresent(path -> toml.put("ca-file", path.toAbsolutePath().toString()));
    settings.pin().ifPresent(pin -> toml.put("pin", pin));
    if (isInsecure) {
      toml.put("insecure-http", true);
    }
    try {
      Path folder = file.toAbsolutePath().getParent();
      if (Files.notExists(folder)) {
        Files.createDirectories(
            folder,
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
      }
      // Nobody else may read it, not even for a moment; and there is never half of it.
      Path made = Files.createTempFile(folder, "config", ".new");
      Files.write(made, new TomlMapper().writeValueAsString(toml).getBytes(UTF_8));
      Files.move(made, file, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException e) {
      throw new Failure("cannot write " + file + ": " + FileProblem.words(e));
    }
  }
}
