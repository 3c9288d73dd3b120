package io.remoterun.e2e;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * The packaged program for a role, as the build has taken it apart and as the image has it
 * (config/node/prepare-node): like that it starts in half the time that the one jar takes.
 */
final class Program {
  private static final Path FOLDER = Launcher.PROJECT.resolve("target/node");

  private Program() {}

  /**
   * What comes before the role: Java with little of everything, and the program. The cache of what
   * a node loads is the better part of what any role loads.
   *
   * @param heap such as {@code 128m}
   * @param flags more of them, for the JVM
   */
  static List<String> command(String heap, List<String> flags) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin/java").toString());
    command.addAll(List.of("-Xmx" + heap, "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"));
    command.addAll(
        List.of("-XX:AOTCache=" + FOLDER.resolve("node.aot"), "-Xlog:aot*=off,cds*=off"));
    // What the cache was made with: it is for no other JVM.
    command.addAll(List.of("-XX:+UseCompactObjectHeaders", "--enable-native-access=ALL-UNNAMED"));
    command.addAll(flags);
    command.addAll(List.of("-jar", FOLDER.resolve("remote-run.jar").toString()));
    return command;
  }
}
