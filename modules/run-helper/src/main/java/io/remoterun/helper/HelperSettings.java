package io.remoterun.helper;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.Reader;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;
import java.util.regex.Pattern;

/**
 * What root allows the node; {@code config/run-helper.conf} is a sample.
 *
 * @param user that may ask: the node's
 * @param jobs the commands by their names: programs and arguments
 * @param atOnce how often a job may run at the same time; of those that are not the agent's program
 * @param conditions patterns, each for a whole condition, of those that may be asked for
 * @param grace from the request to end to the kill
 * @param maxDuration of an agent, also of one whose node is gone
 * @param drain how long a child that an agent has left behind is read after its end
 * @param disableFile while it is there, nothing is run
 * @param folder for locks, the ids that were seen and the audit log
 */
record HelperSettings(
    String user,
    Map<String, List<String>> jobs,
    Map<String, Integer> atOnce,
    List<Pattern> conditions,
    Duration grace,
    Duration maxDuration,
    Duration drain,
    Path disableFile,
    Path folder) {
  private static final String AGENT = "agent";
  private static final String JOB = "job.";
  private static final String AT_ONCE = "at-once.";
  private static final int MOST_AT_ONCE = 100;

  /** Refuses a file that somebody else may have written, a word that it does not know, a gap. */
  static HelperSettings read(Path file) throws IOException, Refusal {
    Properties keys = new Properties();
    try (Reader reader = Files.newBufferedReader(RootOwned.file(file), UTF_8)) {
      keys.load(reader);
    }
    try {
      HelperSettings settings = take(keys);
      if (!keys.isEmpty()) {
        throw new Refusal(file + " has unknown keys: " + keys.keySet());
      }
      RootOwned.folder(settings.folder);
      return settings;
    } catch (IllegalArgumentException e) {
      throw new Refusal(file + ": " + e.getMessage());
    }
  }

  private static HelperSettings take(Properties keys) {
    Map<String, List<String>> jobs = new TreeMap<>();
    for (String key : keys.stringPropertyNames()) {
      if (key.startsWith(JOB)) {
        jobs.put(key.substring(JOB.length()), words(take(keys, key, "")));
      }
    }
    String agent = jobs.getOrDefault(AGENT, List.of("")).getFirst();
    Map<String, Integer> atOnce = new TreeMap<>();
    jobs.forEach(
        (job, command) -> {
          // What the agent's program does may be what the agent does: never both at once.
          if (!command.getFirst().equals(agent)) {
            atOnce.put(job, number(take(keys, AT_ONCE + job, "1"), MOST_AT_ONCE));
          }
        });
    return new HelperSettings(
        words(take(keys, "user", "")).getFirst(),
        jobs,
        atOnce,
        words(take(keys, "conditions", "force_inventory info debug trace")).stream()
            .map(Pattern::compile)
            .toList(),
        seconds(take(keys, "grace", "5")),
        seconds(take(keys, "max-duration", "7200")),
        seconds(take(keys, "drain", "600")),
        Path.of(take(keys, "disable-file", "/opt/rudder/etc/disable-agent")),
        Path.of(take(keys, "folder", "/var/lib/remote-run-helper")));
  }

  private static String take(Properties keys, String key, String otherwise) {
    Object value = keys.remove(key);
    return value == null ? otherwise : ((String) value).strip();
  }

  private static List<String> words(String value) {
    if (value.isEmpty()) {
      throw new IllegalArgumentException("user, or the command of a job, is missing");
    }
    return List.of(value.split("\\s+"));
  }

  private static Duration seconds(String value) {
    return Duration.ofSeconds(number(value, Integer.MAX_VALUE));
  }

  private static int number(String value, int most) {
    int number = Integer.parseInt(value);
    if (number < 1 || number > most) {
      throw new IllegalArgumentException(value + " is not between 1 and " + most);
    }
    return number;
  }

  /** A place for a run of that job; what is the agent's shares one. */
  FileChannel place(String job) throws IOException, Refusal {
    String name = atOnce.containsKey(job) ? job : AGENT;
    int most = atOnce.getOrDefault(job, 1);
    String full = "as many runs of " + name + " as may be at once, " + most + ", have not ended";
    return new HelperFolder(folder)
        .place("job." + name, most)
        .orElseThrow(() -> Refusal.busy(full));
  }

  /** What is executed; only the agent is given conditions. */
  List<String> command(HelperRequest request) throws IOException, Refusal {
    List<String> command = jobs.get(request.job());
    if (command == null) {
      throw new Refusal("there is no job." + request.job() + " in the helper's settings");
    }
    RootOwned.command(command);
    if (request.conditions().isEmpty()) {
      return command;
    }
    for (String condition : request.conditions()) {
      if (conditions.stream().noneMatch(allowed -> allowed.matcher(condition).matches())) {
        throw new Refusal("condition " + condition + " is not in the helper's settings");
      }
    }
    if (!request.job().equals(AGENT)) {
      throw new Refusal("only the agent takes conditions");
    }
    List<String> all = new ArrayList<>(command);
    all.addAll(List.of("-D", String.join(",", request.conditions())));
    return all;
  }
}
