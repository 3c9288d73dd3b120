package io.remoterun.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.remoterun.app.SampleFile.Described;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/**
 * The reference of all settings, {@code docs/configuration.md}, is made from the records that they
 * are bound to, and from the words about them in the samples in {@code config/}. Write it anew with
 * {@code -Dconfiguration.write}.
 */
class ConfigurationReferenceTest {
  private static final Path PROJECT = Path.of("../..");
  private static final Path REFERENCE = PROJECT.resolve("docs/configuration.md");

  private static final String HEAD =
      """
      # All settings

      <!-- Made by ConfigurationReferenceTest from the program's own records and the samples in config/. -->

      A role reads the YAML files that it is started with: `./remote-run relay config/relay.yml more.yml`; of two the later one
      counts. What the command line says counts most: `--remote-run.relay.node-port=5310`. Beside YAML a role takes Spring Boot's
      environment variables (`REMOTE_RUN_RELAY_NODEPORT`), and a relay takes relayd's `main.conf`. A value that
      makes no sense, and a key that is unknown, keeps the program from starting, and it says which one.

      Durations are `500ms`, `42s`, `5m`, `1h`, `90d`; sizes are `64KB`, `16MB`, `10GB`; lists are YAML lists.
      """;

  private record Role(String title, String prefix, String type, String sample) {}

  private static final List<Role> ROLES =
      List.of(
          new Role(
              "The webapp",
              "remote-run.webapp",
              "io.remoterun.webapp.WebappProperties",
              "webapp.yml"),
          new Role(
              "The relay", "remote-run.relay", "io.remoterun.relay.RelayProperties", "relay.yml"),
          new Role("The node", "remote-run.node", "io.remoterun.node.NodeProperties", "node.yml"));

  /** What is not in a sample, and where it is explained. */
  private static final Map<String, String> ELSEWHERE =
      Map.of(
          "remote-run.webapp.security.ldap.",
          "See [people of a directory](webapp-security.md).",
          "remote-run.webapp.security.oidc.",
          "See [people of an OpenID provider](webapp-security.md).");

  @Test
  void theReferenceHasEverySettingAsTheProgramKnowsItAndTheSamplesExplainIt() throws Exception {
    StringBuilder reference = new StringBuilder(HEAD);
    for (Role role : ROLES) {
      append(reference, role);
    }

    if (System.getProperty("configuration.write") != null) {
      Files.writeString(REFERENCE, reference);
    }
    assertThat(Files.readString(REFERENCE))
        .as("docs/configuration.md; write it anew with -Dconfiguration.write")
        .isEqualTo(reference.toString());
  }

  private static void append(StringBuilder reference, Role role) throws Exception {
    List<Setting> settings = Setting.of(Class.forName(role.type()), role.prefix());
    Map<String, Described> sample =
        SampleFile.read(
            PROJECT.resolve("config/" + role.sample()),
            settings.stream().map(Setting::comparable).collect(Collectors.toSet()));
    reference
        .append("\n## ")
        .append(role.title())
        .append("\n\nSample: [config/")
        .append(role.sample())
        .append("](../config/")
        .append(role.sample())
        .append("). All below begin with `")
        .append(role.prefix())
        .append("`.\n\n| setting | unless set | meaning |\n|---|---|---|\n");
    List<String> unexplained = new ArrayList<>();
    String before = "";
    String explained = "";
    for (Setting setting : settings) {
      Described described = sample.remove(setting.comparable());
      String words = described == null ? elsewhere(setting.name()) : described.words();
      if (words.isEmpty()) {
        unexplained.add(setting.name());
      }
      String name = described == null ? setting.name() : described.name();
      reference
          .append("| `")
          .append(name.substring(role.prefix().length()))
          .append("` | ")
          .append(setting.otherwise())
          .append(" | ")
          .append(setting.choices())
          .append(words.equals(before) && described != null ? "See `" + explained + "`." : words)
          .append(" |\n");
      explained = words.equals(before) ? explained : name.substring(role.prefix().length());
      before = words;
    }
    assertThat(unexplained).as("not explained in config/" + role.sample()).isEmpty();
    sample.keySet().removeIf(key -> isGroup(key, settings));
    sample.keySet().removeIf(key -> !key.startsWith(Setting.comparable(role.prefix())));
    assertThat(sample.values()).as("in config/%s, and no setting", role.sample()).isEmpty();
  }

  private static boolean isGroup(String key, List<Setting> settings) {
    return settings.stream().anyMatch(setting -> setting.comparable().startsWith(key + "."));
  }

  private static String elsewhere(String name) {
    return ELSEWHERE.entrySet().stream()
        .filter(entry -> name.startsWith(entry.getKey()))
        .map(Map.Entry::getValue)
        .findFirst()
        .orElse("");
  }

  static IOException unreadable(Path file, String line) {
    return new IOException(file + " has a line that is no setting: " + line);
  }
}
