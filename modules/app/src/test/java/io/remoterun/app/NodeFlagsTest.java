package io.remoterun.app;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** What Java makes of config/node/node.jvm. */
class NodeFlagsTest {
  private static final Pattern FLAG = Pattern.compile("\\s*\\w+ (\\w+)\\s+= (\\S+) .*");

  @Test
  void makeASmallJvmThatEndsWithoutMemory() throws Exception {
    Process java =
        new ProcessBuilder(
                ProcessHandle.current().info().command().orElseThrow(),
                "@../../config/node/node.jvm",
                "-XX:+PrintFlagsFinal",
                "-version")
            .redirectErrorStream(true)
            .start();
    String printed = new String(java.getInputStream().readAllBytes(), UTF_8);
    assertThat(java.waitFor()).as(printed).isZero();

    Map<String, String> flags =
        printed
            .lines()
            .map(FLAG::matcher)
            .filter(Matcher::matches)
            .collect(Collectors.toMap(flag -> flag.group(1), flag -> flag.group(2)));
    assertThat(flags)
        .containsEntry("UseSerialGC", "true")
        .containsEntry("UseCompactObjectHeaders", "true")
        .containsEntry("TieredStopAtLevel", "1")
        .containsEntry("ExitOnOutOfMemoryError", "true")
        .containsEntry("MaxHeapSize", mebibytes(96))
        .containsEntry("InitialHeapSize", mebibytes(16))
        .containsEntry("ThreadStackSize", "256");
  }

  private static String mebibytes(long count) {
    return String.valueOf(count * 1024 * 1024);
  }
}
