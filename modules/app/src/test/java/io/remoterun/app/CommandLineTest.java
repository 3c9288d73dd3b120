package io.remoterun.app;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CommandLineTest {
  @TempDir Path folder;

  @Test
  void rolesAreProfilesAndFilesAreConfiguration() throws Exception {
    Path relay = Files.createFile(folder.resolve("relay.yml"));
    Path node = Files.createFile(folder.resolve("node.yml"));

    assertThat(spring("relay,node", relay.toString(), node.toString(), "--a.b=c"))
        .containsExactly(
            "--spring.profiles.active=relay,node",
            "--a.b=c",
            "--spring.config.additional-location=file:" + relay + ",file:" + node);
  }

  @Test
  void springsOwnOptionsPassAsTheyAre() {
    assertThat(spring("--spring.profiles.active=node"))
        .containsExactly("--spring.profiles.active=node");
  }

  @Test
  void whatIsNoRoleIsRefused() {
    assertThatThrownBy(() -> spring("relais")).hasMessage("no such command or role: relais");
    assertThatThrownBy(() -> spring("relay,,node")).hasMessageStartingWith("no such command");
    assertThatThrownBy(() -> spring()).hasMessage("no role was named");
  }

  @Test
  void aFileThatCannotBeReadIsRefusedBeforeAnythingStarts() {
    String missing = folder.resolve("missing.yml").toString();

    assertThatThrownBy(() -> spring("node", missing)).hasMessage("cannot read " + missing);
  }

  @Test
  void helpIsAskedForAnywhere() throws Exception {
    PrintStream before = System.out;
    for (String words :
        List.of("", "help", "webapp --help", "relay,node a.yml -h", "status help")) {
      ByteArrayOutputStream out = new ByteArrayOutputStream();
      System.setOut(new PrintStream(out, true, UTF_8));
      try {
        RemoteRunApplication.main(words.isEmpty() ? new String[0] : words.split(" "));
      } finally {
        System.setOut(before);
      }
      assertThat(out.toString(UTF_8)).as(words).isEqualTo(CommandLine.USAGE);
    }
    assertThat(CommandLine.asksForHelp(new String[] {"webapp", "webapp.yml"})).isFalse();
  }

  @Test
  void anOptionThatIsNoSettingIsRefused() {
    assertThat(spring("node", "--debug", "--spring.main.banner-mode", "--port=1"))
        .endsWith("--debug", "--spring.main.banner-mode", "--port=1");
    for (String wrong : List.of("--verbose", "--", "-v", "--=x")) {
      assertThatThrownBy(() -> spring("node", wrong)).hasMessageStartingWith("there is no option");
    }
  }

  private static String[] spring(String... arguments) {
    return CommandLine.toSpring(arguments);
  }
}
