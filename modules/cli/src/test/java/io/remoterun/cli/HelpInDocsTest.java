package io.remoterun.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/**
 * The help in docs/cli.md is what the commands say of themselves; {@code -Ddocs=write} writes it
 * anew.
 */
class HelpInDocsTest {
  private static final Path PAGE = Path.of("../../docs/cli.md");
  private static final Pattern HELP =
      Pattern.compile("```text\n(Usage: remote-run ([a-z ]+?) \\[.*?)```\n", Pattern.DOTALL);
  private static final List<String> SHOWN =
      List.of("trigger", "runs", "audit", "doctor", "format", "rudder");

  private static String help(String command) {
    return Ran.with((command + " --help").split(" ")).out();
  }

  @Test
  void isThatOfTheCommands() throws IOException {
    String page = Files.readString(PAGE);
    String anew =
        HELP.matcher(page)
            .replaceAll(
                found -> Matcher.quoteReplacement("```text\n" + help(found.group(2)) + "```\n"));
    if ("write".equals(System.getProperty("docs"))) {
      Files.writeString(PAGE, anew);
    } else {
      assertThat(page).as("docs/cli.md: write it anew with -Ddocs=write").isEqualTo(anew);
    }
    assertThat(HELP.matcher(page).results().map(found -> found.group(2))).containsAll(SHOWN);
  }
}
