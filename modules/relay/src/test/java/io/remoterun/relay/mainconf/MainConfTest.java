package io.remoterun.relay.mainconf;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MainConfTest {

  @Test
  void everyKeyIsASettingAndOthersAreIgnored() {
    assertThat(
            read(
                """
                # as relayd's own sample has it, and more
                [general]
                nodes_list_file = "/a/nodeslist.json"
                nodes_certs_file = "/a/allnodescerts.pem"
                node_id = "37817c4d-fbf7-4850-a985-50021f4e8f41"
                node_id_file = "/a/uuid.hive"
                listen = "127.0.0.1:3031"
                https_port = 4443
                https_idle_timeout = "1min 2s"
                peer_authentication = "cert_validation"
                ca_path = "/a/ca.pem"
                core_threads = 4
                blocking_threads = 100

                [processing.inventory]
                directory = "/var/rudder/inventories"

                [output.upstream]
                url = "https://server.example.org"
                password = "not ours"

                [remote_run]
                enabled = false
                command = "/usr/local/bin/trigger"
                use_sudo = false
                """))
        .containsExactlyInAnyOrderEntriesOf(
            Map.ofEntries(
                Map.entry("nodes-list-file", "/a/nodeslist.json"),
                Map.entry("nodes-certs-file", "/a/allnodescerts.pem"),
                Map.entry("id", "37817c4d-fbf7-4850-a985-50021f4e8f41"),
                Map.entry("id-file", "/a/uuid.hive"),
                Map.entry("http.listen", "127.0.0.1:3031"),
                Map.entry("https-port", "4443"),
                Map.entry("https-idle-timeout", "PT1M2S"),
                Map.entry("peer-authentication", "cert_validation"),
                Map.entry("ca-path", "/a/ca.pem"),
                Map.entry("http.authentication", "none"),
                Map.entry("enabled", "false"),
                Map.entry("transport", "command"),
                Map.entry("command.program", "/usr/local/bin/trigger"),
                Map.entry("command.sudo", "false")));
  }

  @Test
  void anEmptyOneLeavesEverythingAtItsDefaultButTheToken() {
    assertThat(read("")).containsExactly(Map.entry("http.authentication", "none"));
  }

  @Test
  void ruddersOwnCommandIsNotNeeded() {
    assertThat(read("[remote_run]\ncommand = \"/opt/rudder/bin/rudder\"\nuse_sudo = true\n"))
        .containsExactly(Map.entry("http.authentication", "none"));
  }

  @Test
  void anotherCommandIsCalledWithSudoUnlessItIsSaidOtherwise() {
    assertThat(read("[remote_run]\ncommand = \"/bin/x\"\n")).containsEntry("command.sudo", "true");
  }

  @Test
  void anIdleTimeoutMayBeANumberOfSeconds() {
    assertThat(read("[general]\nhttps_idle_timeout = 42\n"))
        .containsEntry("https-idle-timeout", "PT42S");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      value = {
        "[general]\\nlisten =\\n|near line 2: Newline not permitted here",
        "[general\\n|near line 1: Newline not permitted here",
        "[general]\\nlisten='a'\\nlisten='b'|near line 3: Duplicate key",
        "[general]\\nlisten = 3030|[general] listen should be a text, such as \\q...\\q",
        "[general]\\nhttps_port = '443'|[general] https_port should be a number, such as 443",
        "[general]\\n"
            + "https_idle_timeout = 'soon'|[general] https_idle_timeout should be a duration, such"
            + " as \\q42s\\q, \\q30min 20s\\q, \\q1h\\q, or a number of seconds",
        "[remote_run]\\nenabled = 'no'|[remote_run] enabled should be true or false",
        "[remote_run]\\ncommand = ''|[remote_run] command should be a text, such as \\q...\\q",
        "general = 1|general should be a table: [general]",
      })
  void aBrokenOneIsSaidWithFileAndPlace(String toml, String problem) {
    assertThatExceptionOfType(BrokenMainConfException.class)
        .isThrownBy(() -> read(toml.replace("\\n", "\n")))
        .withMessage("/etc/main.conf: " + problem.replace("\\q", "\""));
  }

  @Test
  void oneThatIsNestedDeeplyIsSaidAsWell() {
    assertThatExceptionOfType(BrokenMainConfException.class)
        .isThrownBy(() -> read("a = " + "[".repeat(100_000)))
        .withMessageStartingWith("/etc/main.conf: ");
  }

  private static Map<String, String> read(String toml) {
    return MainConf.parse(toml.getBytes(StandardCharsets.UTF_8), "/etc/main.conf")
        .entrySet()
        .stream()
        .collect(
            Collectors.toMap(
                entry -> entry.getKey().substring("remote-run.relay.".length()),
                entry -> entry.getValue().toString()));
  }
}
