package io.remoterun.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.remoterun.e2e.Documentation.Block;
import io.remoterun.e2e.Documentation.Command;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Nothing in README and docs escapes {@link DocumentedCommandsIT}, and links lead somewhere. */
class DocumentationIT {
  @TempDir Path folder;

  @Test
  void noCommandIsShownThatIsNeitherRunNorSaidNotToBe() throws IOException {
    for (Path document : Documentation.all()) {
      assertThat(Documentation.otherCommands(document)).as(document.toString()).isEmpty();
    }
  }

  @Test
  void whatIsLinkedToIsThere() throws IOException {
    for (Path document : Documentation.all()) {
      assertThat(Documentation.deadLinks(document)).as(document.toString()).isEmpty();
    }
  }

  private Path document(String text) throws IOException {
    return Files.writeString(folder.resolve("document.md"), text);
  }

  @Test
  void indentedBlocksAndRootsCommandsAreSeenLikeOthers() throws IOException {
    List<Block> blocks =
        Documentation.read(
            document(
                """
                1. In a list:

                   ```console
                   # id -u \\
                       alice
                   0
                     indented
                   $ true
                   ```

                   <!-- not run: it changes the machine -->
                   ```console
                   # reboot
                   ```
                """));

    assertThat(blocks)
        .containsExactly(
            new Block(
                Optional.empty(),
                List.of(
                    new Command("id -u \\\n    alice", List.of("0", "  indented")),
                    new Command("true", List.of()))),
            new Block(
                Optional.of("it changes the machine"), List.of(new Command("reboot", List.of()))));
  }

  @Test
  void commandsElsewhereAreFoundAndHeadingsAndCommentsAreNone() throws IOException {
    Path document =
        document(
            """
            # Heading
            $ prose
              $ indented
            ```text
            # as root
            ```
            ```sh
            make it
            ```
            ```yaml
            # a comment
            ```
            ```console
            # seen
            $ seen
            ```
            """);

    assertThat(Documentation.otherCommands(document))
        .containsExactly("$ prose", "$ indented", "# as root", "```sh");
  }

  @Test
  void aConsoleThatBeginsWithNoCommandIsAnError() throws IOException {
    Path document = document("```console\nsystemctl reboot\n```\n");

    assertThatThrownBy(() -> Documentation.read(document)).hasMessageContaining("systemctl");
  }
}
