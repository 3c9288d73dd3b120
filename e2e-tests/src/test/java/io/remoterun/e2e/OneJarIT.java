package io.remoterun.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.remoterun.testing.Eventually;
import io.remoterun.testkit.TestHost;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The program as one file, as docs/operations.md has it: all other tests have it taken apart. */
class OneJarIT {
  private static final Path JAR = Launcher.PROJECT.resolve("modules/app/target/remote-run.jar");

  @TempDir Path folder;

  @Test
  void startsAWebappAndARelayAndEndsWhenItIsAsked() throws Exception {
    RelaySettings relay = new RelaySettings(TestHost.make(folder, "root"));
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin/java").toString());
    command.addAll(List.of("-Xmx192m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"));
    command.addAll(List.of("-jar", JAR.toString(), "relay,webapp", "--server.port=0"));
    relay.write().forEach((name, value) -> command.add("--" + name + "=" + value));
    command.add("--remote-run.webapp.token-file=" + folder.resolve("webapp-token"));
    command.add("--remote-run.webapp.nodes-list-file=" + relay.file("nodeslist.json"));
    command.add("--remote-run.webapp.store.folder=" + folder.resolve("store"));
    Path log = folder.resolve("log");
    Process process =
        new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile()).start();
    try {
      Eventually.await(
          "both listen", () -> listen(read(log)) || !process.isAlive(), () -> read(log));
      assertThat(process.isAlive()).as(read(log)).isTrue();
    } finally {
      process.destroy();
    }
    assertThat(process.waitFor()).as(read(log)).isEqualTo(128 + 15);
  }

  private static boolean listen(String log) {
    return log.contains("Netty started on port") && log.contains("(HTTP)");
  }

  private static String read(Path log) {
    try {
      return Files.readString(log);
    } catch (IOException e) {
      return e.toString();
    }
  }
}
