package io.remoterun.e2e;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.remoterun.e2e.Documentation.Block;
import io.remoterun.e2e.Documentation.Command;
import io.remoterun.testing.Eventually;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Each command that README and docs show is run with a demo beside it, in one shell for each
 * document, unless a comment before it says why not; and prints the lines that are shown below it.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class DocumentedCommandsIT {
  /** Where the documents have the demo. */
  private static final String DEMO = "/tmp/remote-run-demo";

  private static final Pattern END = Pattern.compile("(?s)(.*?)\n?@@ended (\\d+)\n");

  private DemoProcess demo;
  private Path state;
  private Path home;

  @BeforeAll
  void startDemo(@TempDir Path folder) throws IOException {
    state = folder.resolve("demo");
    home = Files.createDirectory(folder.resolve("home"));
    // So that an error that the webapp tells is one of the command.
    Files.writeString(home.resolve(".curlrc"), "silent\nshow-error\nfail-with-body\n");
    demo = DemoProcess.start(state, "0.01").awaitReady();
  }

  @AfterAll
  void endDemo() {
    demo.close();
  }

  static Stream<Path> documents() throws IOException {
    return Documentation.all().stream();
  }

  @ParameterizedTest
  @MethodSource("documents")
  void whatIsShownIsWhatHappens(Path document) throws IOException, InterruptedException {
    List<Command> commands =
        Documentation.read(document).stream()
            .filter(block -> block.whyNotRun().isEmpty())
            .map(Block::commands)
            .flatMap(List::stream)
            .toList();
    List<Printed> printed = run(commands);

    for (int i = 0; i < commands.size(); i++) {
      Command command = commands.get(i);
      assertThat(i).as("the shell has ended before: " + command.text()).isLessThan(printed.size());
      assertThat(printed.get(i).exit())
          .as("%s: $ %s%n%s", document, command.text(), printed.get(i).text())
          .isZero();
      assertThat(command.isPrintedIn(printed.get(i).text()))
          .as("%s: $ %s%nprinted%n%s", document, command.text(), printed.get(i).text())
          .isTrue();
    }
  }

  private record Printed(String text, int exit) {}

  private List<Printed> run(List<Command> commands) throws IOException, InterruptedException {
    StringBuilder script = new StringBuilder();
    for (Command command : commands) {
      script
          .append(command.text().replace(DEMO, state.toString()))
          .append("\nprintf '\\n@@ended %s\\n' $?\n");
    }
    Path file = Files.writeString(home.resolve("script"), script);
    ProcessBuilder builder =
        new ProcessBuilder("/bin/bash", file.toString())
            .directory(Launcher.PROJECT.toFile())
            .redirectInput(Path.of("/dev/null").toFile())
            .redirectErrorStream(true);
    builder.environment().put("REMOTE_RUN_BUILD", "no");
    builder.environment().put("HOME", home.toString());
    Process shell = builder.start();
    try {
      Matcher end = END.matcher(new String(shell.getInputStream().readAllBytes(), UTF_8));
      List<Printed> printed = new ArrayList<>();
      while (end.find()) {
        String text = end.group(1).replace(state.toString(), DEMO);
        printed.add(new Printed(text, Integer.parseInt(end.group(2))));
      }
      return printed;
    } finally {
      assertThat(shell.waitFor(Eventually.DEADLINE.toSeconds(), TimeUnit.SECONDS)).isTrue();
    }
  }
}
