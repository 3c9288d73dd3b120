package io.remoterun.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
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

  private static String[] spring(String... arguments) {
    return CommandLine.toSpring(arguments);
  }
}
