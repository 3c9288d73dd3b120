package io.remoterun.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

/** What an administrator can put right is said in words, and without a stack trace. */
@ExtendWith(OutputCaptureExtension.class)
class FailureAnalysesTest {
  @TempDir private Path folder = Path.of("");

  @BeforeEach
  void writesANodeList() throws IOException {
    Files.writeString(
        folder.resolve("nodes.json"),
        "{\"root\":{\"hostname\":\"127.0.0.1\",\"policy-server\":\"root\"}}");
  }

  @Test
  void aSettingThatIsNone(CapturedOutput output) throws IOException {
    Path file = Files.writeString(folder.resolve("node.yml"), "remote-run.node.lisen: x\n");
    assertFails("node", "--spring.config.additional-location=file:" + file);
    assertThat(output)
        .contains("There is no setting remote-run.node.lisen", file + "]", "1:24")
        .contains("docs/configuration.md")
        .doesNotContain("\tat ", "Bindable");
  }

  /** The other roles are as strict. */
  @Test
  void aSettingThatIsNoneOfAnotherRole(CapturedOutput output) {
    assertFails("webapp", "--remote-run.webapp.nodes-list-fil=x");
    assertFails("relay", "--remote-run.relay.http.lisen=x");
    assertThat(output)
        .contains("There is no setting remote-run.webapp.nodes-list-fil")
        .contains("There is no setting remote-run.relay.http.lisen")
        .doesNotContain("\tat ");
  }

  @Test
  void aPortThatIsTaken(CapturedOutput output) throws IOException {
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      String address = "127.0.0.1:" + taken.getLocalPort();
      assertFails("node", "--remote-run.node.listen=" + address);
      assertThat(output)
          .contains("cannot listen on " + address + ": ")
          .contains("or change remote-run.node.listen.")
          .doesNotContain("\tat ");
    }
  }

  @Test
  void aNodeListThatIsNotThere(CapturedOutput output) throws IOException {
    Path list = folder.resolve("nodes.json");
    Files.delete(list);
    assertFails("relay", "--remote-run.relay.http.listen=127.0.0.1:0");
    assertThat(output)
        .contains("there is no " + list + ", the list of the nodes that are behind this relay")
        .contains("(remote-run.relay.nodes-list-file)")
        .doesNotContain("\tat ");
  }

  @Test
  void aFileThatIsNotThere(CapturedOutput output) {
    assertFails("relay", "--remote-run.relay.https.certificate=/nowhere.pem");
    assertThat(output).contains("/nowhere.pem is not there.").doesNotContain("\tat ");
  }

  private void assertFails(String role, String setting) {
    List<String> settings = new ArrayList<>();
    settings.add("--spring.profiles.active=" + role);
    settings.add("--remote-run.node.id=n1");
    settings.add("--remote-run.node.keys=" + folder.resolve("keys"));
    settings.add("--remote-run.relay.id=root");
    settings.add("--remote-run.relay.keys=" + folder.resolve("keys"));
    settings.add("--remote-run.relay.nodes-list-file=" + folder.resolve("nodes.json"));
    settings.add("--remote-run.webapp.store.folder=" + folder.resolve("store"));
    settings.add(setting);
    assertThatThrownBy(
            () ->
                new SpringApplication(RemoteRunApplication.class)
                    .run(settings.toArray(String[]::new)))
        .isInstanceOf(Exception.class);
  }
}
