package io.remoterun.app;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;
import org.yaml.snakeyaml.error.Mark;
import org.yaml.snakeyaml.error.MarkedYAMLException;
import org.yaml.snakeyaml.error.YAMLException;

/** The YAML files of the command line, looked at before Spring does, which does not name them. */
final class SettingsFiles {
  private SettingsFiles() {}

  /**
   * @throws IllegalArgumentException which says what is wrong with which line of which file
   */
  static void check(String... arguments) {
    for (String argument : arguments) {
      if (!argument.startsWith("-") && argument.matches(".+\\.ya?ml")) {
        check(Path.of(argument));
      }
    }
  }

  private static void check(Path file) {
    LoaderOptions options = new LoaderOptions();
    options.setAllowDuplicateKeys(false);
    try (Reader reader = Files.newBufferedReader(file, UTF_8)) {
      for (Object document : new Yaml(new SafeConstructor(options)).loadAll(reader)) {
        checkIsSettings(file, document);
      }
    } catch (MarkedYAMLException e) {
      Mark where = e.getProblemMark();
      String place = "line " + (where.getLine() + 1) + ", column " + (where.getColumn() + 1);
      throw new IllegalArgumentException(file + " is no YAML: " + place + ": " + e.getProblem(), e);
    } catch (YAMLException | IOException e) {
      throw new IllegalArgumentException(file + " cannot be read: " + e.getMessage(), e);
    }
  }

  private static void checkIsSettings(Path file, @Nullable Object document) {
    if (document != null && !(document instanceof Map)) {
      throw new IllegalArgumentException(
          file + " has no settings: it should have lines 'name: value'");
    }
  }
}
