package io.remoterun.helper;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.remoterun.process.RootOwned;
import java.io.IOException;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import java.util.regex.Pattern;

/**
 * What root allows the node; {@code config/run-helper.conf} is a sample, and says what each key is.
 *
 * @param keys all of them, as they stand in the file
 */
record HelperSettings(Properties keys) {

  /**
   * Refuses a file that somebody else may have written. All keys have to be there, so one that is
   * misspelt is missed.
   */
  static HelperSettings read(Path file) throws IOException {
    RootOwned.check(file);
    HelperSettings settings = new HelperSettings(new Properties());
    try (Reader reader = Files.newBufferedReader(file, UTF_8)) {
      settings.keys.load(reader);
      List.of("grace", "max-duration", "drain").forEach(settings::seconds);
      settings.words("conditions").forEach(Pattern::compile);
      return settings;
    } catch (IllegalArgumentException e) {
      throw new Refusal(file + ": " + e.getMessage());
    }
  }

  String value(String key) {
    String value = keys.getProperty(key, "").strip();
    if (value.isEmpty()) {
      throw new Refusal("the helper's settings have no " + key);
    }
    return value;
  }

  Path path(String key) {
    return Path.of(value(key));
  }

  private List<String> words(String key) {
    return List.of(value(key).split("\\s+"));
  }

  Duration seconds(String key) {
    if (!value(key).matches("[1-9][0-9]{0,8}")) {
      throw new Refusal("the helper's settings have no number of seconds as " + key);
    }
    return Duration.ofSeconds(Long.parseLong(value(key)));
  }

  /** What is executed; only the agent is given conditions. */
  List<String> command(HelperRequest request) throws IOException {
    List<String> command = new ArrayList<>(words("job." + request.job()));
    Path program = Path.of(command.getFirst());
    RootOwned.check(command);
    if (!Files.isRegularFile(program) || !Files.isExecutable(program)) {
      throw new Refusal(program + " is no executable file");
    }
    if (request.conditions().isEmpty()) {
      return command;
    }
    List<String> allowed = request.job().equals("agent") ? words("conditions") : List.of();
    for (String condition : List.of(request.conditions().split(","))) {
      if (allowed.stream().noneMatch(condition::matches)) {
        String where = " is not in the helper's settings for job " + request.job();
        throw new Refusal("condition " + condition + where);
      }
    }
    command.addAll(List.of("-D", request.conditions()));
    return command;
  }

  /** Whether the agent's program does it: then it is a run of the agent, an inventory as well. */
  boolean isAgent(List<String> command) {
    return words("job.agent").getFirst().equals(command.getFirst());
  }
}
