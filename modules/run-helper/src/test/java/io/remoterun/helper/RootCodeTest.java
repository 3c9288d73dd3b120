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
  private static final Path MODULES = InstalledHelper.configuration().resolveSibling("modules");
  private static final String HELPER = "run-helper/src/main/java/io/remoterun/helper";
  private static final String PROCESS = "agent-process/src/main/java/io/remoterun/process";

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
    String documentation = Files.readString(MODULES.resolveSibling("docs/node-security.md"));
    Matcher documented = DOCUMENTED.matcher(documentation.replaceAll("\\s+", " "));
    assertThat(documented.find()).isTrue();

    assertLines(HELPER, Integer.parseInt(documented.group(1)));
    assertLines(PROCESS, Integer.parseInt(documented.group(2)));
  }

  private static void assertLines(String folder, int most) throws IOException {
    Map<String, Integer> lines = new TreeMap<>();
    for (Map.Entry<String, String> source : sources(folder).entrySet()) {
      String code = COMMENT.matcher(source.getValue()).replaceAll("");
      Stream<String> those = code.lines().filter(line -> !NO_CODE.matcher(line.strip()).matches());
      lines.put(source.getKey(), (int) those.count());
    }
    int all = lines.values().stream().mapToInt(Integer::intValue).sum();
    System.out.println("Lines of code that may be root: " + all + " " + lines);

    assertThat(all).as("lines of %s", lines).isBetween(most - SLACK, most);
  }

  /** Nothing of the network is among it, and nothing that becomes somebody else. */
  @Test
  void asksTheCLibraryForProcessesOnly() throws IOException {
    Set<String> functions =
        sources(PROCESS).values().stream()
            .flatMap(source -> LIB_C.matcher(source).results())
            .map(found -> found.group(1))
            .filter(name -> !name.startsWith("posix_spawn"))
            .collect(Collectors.toSet());

    assertThat(sources(HELPER).values()).noneMatch(source -> source.contains("java.lang.foreign"));
    assertThat(functions)
        .containsExactlyInAnyOrder("close", "kill", "pipe2", "umask", "waitid", "waitpid");
  }

  private static Map<String, String> sources(String folder) throws IOException {
    Map<String, String> sources = new TreeMap<>();
    try (Stream<Path> files = Files.list(MODULES.resolve(folder))) {
      for (Path file : files.toList()) {
        String name = file.getFileName().toString().replace(".java", "");
        sources.put(name, Files.readString(file));
      }
    }
    assertThat(sources).hasSizeGreaterThan(5);
    return sources;
  }
}
