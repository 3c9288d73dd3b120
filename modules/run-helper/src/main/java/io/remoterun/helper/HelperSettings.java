package io.remoterun.helper;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.regex.Pattern;

/**
 * What root allows the node; {@code config/run-helper.conf} is a sample, and says what each key is.
 *
 * @param keys as they stand in the file, or their defaults
 */
record HelperSettings(Properties keys) {
  private static final String JOB = "job.";

  private static final Map<String, String> DEFAULTS =
      Map.of(
          "user", "",
          "conditions", "force_inventory info debug trace",
          "grace", "5",
          "max-duration", "7200",
          "drain", "600",
          "disable-file", "/opt/rudder/etc/disable-agent",
          "folder", "/var/lib/remote-run-helper");

  /** Refuses a file that somebody else may have written, a word that it does not know, a gap. */
  static HelperSettings read(Path file) throws IOException, Refusal {
    HelperSettings settings = new HelperSettings(new Properties());
    settings.keys.putAll(DEFAULTS);
    try (Reader reader = Files.newBufferedReader(RootOwned.file(file), UTF_8)) {
      settings.keys.load(reader);
      for (String key : settings.keys.stringPropertyNames()) {
        settings.check(key);
      }
      RootOwned.folder(settings.path("folder"));
      return settings;
    } catch (IllegalArgumentException e) {
      throw new Refusal(file + ": " + e.getMessage());
    }
  }

  private void check(String key) {
    boolean isKnown = key.startsWith(JOB) || DEFAULTS.containsKey(key);
    if (!isKnown || words(key).isEmpty()) {
      throw new IllegalArgumentException(key + " is unknown or empty");
    }
    switch (key) {
      case "grace", "max-duration", "drain" -> seconds(key);
      case "conditions" -> words(key).forEach(Pattern::compile);
    }
  }

  String value(String key) {
    return keys.getProperty(key, "").strip();
  }

  private List<String> words(String key) {
    return value(key).isEmpty() ? List.of() : List.of(value(key).split("\\s+"));
  }

  Path path(String key) {
    return Path.of(value(key));
  }

  Duration seconds(String key) {
    int value = Integer.parseInt(value(key));
    if (value < 1) {
      throw new IllegalArgumentException(key + " is not positive");
    }
    return Duration.ofSeconds(value);
  }

  /** What is executed; only the agent is given conditions. */
  List<String> command(HelperRequest request) throws IOException, Refusal {
    List<String> command = new ArrayList<>(words(JOB + request.job()));
    if (command.isEmpty()) {
      throw new Refusal("there is no job." + request.job() + " in the helper's settings");
    }
    RootOwned.command(command);
    for (String condition : request.conditions()) {
      if (words("conditions").stream().noneMatch(condition::matches)) {
        throw new Refusal("condition " + condition + " is not in the helper's settings");
      }
    }
    if (!request.conditions().isEmpty()) {
      if (!request.job().equals("agent")) {
        throw new Refusal("only the agent takes conditions");
      }
      command.addAll(List.of("-D", String.join(",", request.conditions())));
    }
    return command;
  }

  /** Whether the agent's program does it: then it is a run of the agent, an inventory as well. */
  boolean isAgent(List<String> command) {
    return words(JOB + "agent").stream().limit(1).toList().equals(command.subList(0, 1));
  }
}
