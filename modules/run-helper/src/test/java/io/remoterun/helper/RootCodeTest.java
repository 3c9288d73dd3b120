package io.remoterun.helper;

import static org.assertj.core.api.Assertions.assertThat;

import io.remoterun.testkit.InstalledHelper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** How much somebody has to read who wants to know what runs as root, and what it can ask for. */
class RootCodeTest {
  private static final Path SOURCES =
      InstalledHelper.configuration()
          .resolveSibling("modules/run-helper/src/main/java/io/remoterun/helper");

  /** The node uses these as well. */
  private static final Set<String> PROCESS =
      Set.of("AgentChild", "AgentEnd", "AgentEnvironment", "LibC", "Session", "Spawn");

  /** When there is so much less of it, the documentation is to say so. */
  private static final int SLACK = 20;

  private static final Pattern COMMENT = Pattern.compile("(?s)/\\*.*?\\*/");
  private static final Pattern NO_CODE = Pattern.compile("|//.*|(import|package) .*");
  private static final Pattern LIB_C =
      Pattern.compile("LibC\\s*\\.\\s*(?:function|optional)\\(\\s*\"(\\w+)\"");
  private static final Pattern DOCUMENTED =
      Pattern.compile("(\\d+) lines of code for all that follows, and (\\d+) that start");

  @Test
  void hasNotMoreLinesThanTheDocumentationSays() throws IOException {
    Matcher documented =
        DOCUMENTED.matcher(
            Files.readString(
                    InstalledHelper.configuration().resolveSibling("docs/node-security.md"))
                .replaceAll("\\s+", " "));
    assertThat(documented.find()).isTrue();
    long mostHelper = Long.parseLong(documented.group(1));
    long mostProcess = Long.parseLong(documented.group(2));
    Map<String, Long> lines = new TreeMap<>();
    for (Map.Entry<String, String> source : sources().entrySet()) {
      String code = COMMENT.matcher(source.getValue()).replaceAll("");
      lines.put(
          source.getKey(),
          code.lines().filter(line -> !NO_CODE.matcher(line.strip()).matches()).count());
    }
    long process = PROCESS.stream().mapToLong(lines::get).sum();
    long helper = lines.values().stream().mapToLong(Long::longValue).sum() - process;
    System.out.println("Lines of code that are root: " + (helper + process) + " " + lines);

    assertThat(helper).as("lines of %s", lines).isBetween(mostHelper - SLACK, mostHelper);
    assertThat(process).as("lines of %s", lines).isBetween(mostProcess - SLACK, mostProcess);
  }

  /** Nothing of the network is among it, and nothing that becomes somebody else. */
  @Test
  void asksTheCLibraryForProcessesOnly() throws IOException {
    Set<String> functions =
        sources().values().stream()
            .flatMap(source -> LIB_C.matcher(source).results())
            .map(found -> found.group(1))
            .filter(name -> !name.startsWith("posix_spawn"))
            .collect(Collectors.toSet());

    assertThat(functions)
        .containsExactlyInAnyOrder("close", "kill", "pipe2", "umask", "waitid", "waitpid");
  }

  private static Map<String, String> sources() throws IOException {
    Map<String, String> sources = new TreeMap<>();
    try (Stream<Path> files = Files.list(SOURCES)) {
      for (Path file : files.toList()) {
        String name = file.getFileName().toString().replace(".java", "");
        sources.put(name, Files.readString(file));
      }
    }
    assertThat(sources).containsKeys("RunHelper", "Spawn");
    return sources;
  }
}
