package io.remoterun.cli.settings;

import io.remoterun.cli.console.Failure;
import io.remoterun.cli.console.FileProblem;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.dataformat.toml.TomlMapper;

/** {@code config.toml}: one key for each flag, and {@code token}. */
final class SettingsFile {
  static final List<String> KEYS =
      List.of("url", "token", "token-file", "ca-file", "pin", "insecure-http");

  private static final Set<PosixFilePermission> OF_OTHERS =
      Set.of(
          PosixFilePermission.GROUP_READ,
          PosixFilePermission.GROUP_WRITE,
          PosixFilePermission.OTHERS_READ,
          PosixFilePermission.OTHERS_WRITE);

  private SettingsFile() {}

  /** Where it is unless it is said; empty where there is no home. */
  static Optional<Path> usual(Map<String, String> environment) {
    String folder = environment.getOrDefault("XDG_CONFIG_HOME", "");
    String home = environment.getOrDefault("HOME", "");
    // Relative ones are to be ignored, says its specification.
    if (folder.startsWith("/")) {
      return Optional.of(Path.of(folder, "remote-run", "config.toml"));
    }
    return home.isEmpty()
        ? Optional.empty()
        : Optional.of(Path.of(home, ".config", "remote-run", "config.toml"));
  }

  static Map<String, String> read(Path file) {
    JsonNode toml;
    try {
      toml = new TomlMapper().readTree(Files.readString(file));
    } catch (IOException e) {
      throw new Failure("cannot read " + file + ": " + FileProblem.words(e));
    } catch (JacksonException e) {
      throw new Failure(file + " is no TOML: " + e.getOriginalMessage());
    }
    Map<String, String> settings = new HashMap<>();
    for (Map.Entry<String, JsonNode> entry : toml.properties()) {
      if (!KEYS.contains(entry.getKey()) || !entry.getValue().isValueNode()) {
        throw new Failure(
            file
                + ": unknown setting '"
                + entry.getKey()
                + "', there are "
                + String.join(", ", KEYS));
      }
      settings.put(entry.getKey(), entry.getValue().asString());
    }
    if (settings.containsKey("token")) {
      checkSecret(file);
    }
    return settings;
  }

  static void checkSecret(Path file) {
    try {
      if (Files.getPosixFilePermissions(file).stream().anyMatch(OF_OTHERS::contains)) {
        throw new Failure(
            file + " has a token, and others may read or change it: chmod 600 " + file);
      }
    } catch (IOException e) {
      throw new Failure("cannot read " + file + ": " + FileProblem.words(e));
    }
  }
}
