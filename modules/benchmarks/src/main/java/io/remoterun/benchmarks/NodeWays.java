package io.remoterun.benchmarks;

import io.remoterun.benchmarks.process.StartedProgram;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** The commands that start the packaged node, and its parts, in all ways that are compared. */
final class NodeWays {
  private static final String JAVA =
      Path.of(System.getProperty("java.home"), "bin", "java").toString();
  private static final Pattern READY = Pattern.compile(NodePart.READY);

  private final Path folder;
  private final Path jar;
  private final Path prepared;
  private final Path parts;

  private NodeWays(Path folder, Path project) {
    this.folder = folder;
    this.jar = project.resolve("modules/app/target/remote-run.jar");
    this.prepared = folder.resolve("prepared");
    this.parts = folder.resolve("parts.jar");
  }

  /** Lays the node and its parts out in that folder, which takes some seconds. */
  static NodeWays prepare(Path folder) throws IOException {
    Path self = Path.of(System.getProperty("java.class.path")).toAbsolutePath();
    Path project = self.resolve("../../../..").normalize();
    NodeWays ways = new NodeWays(folder, project);
    if (!Files.exists(ways.jar) || !Files.isRegularFile(self)) {
      throw new IOException("needs the packaged program: ./remote-run benchmark node");
    }
    StartedProgram.run(
        folder.resolve("prepare.log"),
        List.of(
            project.resolve("config/node/prepare-node").toString(),
            JAVA,
            ways.jar.toString(),
            ways.prepared.toString()));
    ways.writeParts();
    return ways;
  }

  /**
   * By their names in the table, the last two being how a node really runs.
   *
   * @param settings of the node
   * @param schedule more settings, with which it runs things by itself
   */
  Map<String, List<String>> ofTheNode(List<String> settings, List<String> schedule) {
    List<String> natives =
        List.of("--enable-native-access=ALL-UNNAMED", "--sun-misc-unsafe-memory-access=allow");
    List<String> start = new ArrayList<>(List.of("-jar", jar.toString(), "node"));
    start.addAll(settings);
    List<String> extracted = new ArrayList<>(start);
    extracted.set(1, prepared.resolve("remote-run.jar").toString());
    Map<String, List<String>> ways = new LinkedHashMap<>();
    ways.put("our node: the jar, Java's defaults", command(List.of(natives, start)));
    ways.put("taken apart", command(List.of(natives, extracted)));
    ways.put("taken apart, the flags of node.jvm", command(List.of(flags(), extracted)));
    List<String> cache = List.of("-XX:AOTCache=" + prepared.resolve("node.aot"));
    ways.put("taken apart, these flags, cache", command(List.of(cache, flags(), extracted)));
    ways.put("the same, with a schedule", command(List.of(cache, flags(), extracted, schedule)));
    return ways;
  }

  /** By their names in the table: with the node's flags, each with a cache of its own. */
  Map<String, List<String>> ofParts(Path keys) throws IOException {
    Map<String, List<String>> ways = new LinkedHashMap<>();
    for (NodePart part : NodePart.values()) {
      Path cache = folder.resolve(part + ".aot");
      String classPath = prepared.resolve("remote-run.jar") + File.pathSeparator + parts;
      List<String> start =
          List.of("-cp", classPath, NodePart.class.getName(), part.name(), keys.toString());
      StartedProgram.start(
              command(List.of(List.of("-XX:AOTCacheOutput=" + cache), flags(), start)), READY)
          .close();
      ways.put(part.title, command(List.of(List.of("-XX:AOTCache=" + cache), flags(), start)));
    }
    return ways;
  }

  /** The parts in a jar of their own, which is used beside the node's. */
  private void writeParts() throws IOException {
    try (JarOutputStream jarFile = new JarOutputStream(Files.newOutputStream(parts))) {
      for (Class<?> part : NodePart.class.getNestMembers()) {
        String name = part.getName().replace('.', '/') + ".class";
        jarFile.putNextEntry(new JarEntry(name));
        try (InputStream in =
            Objects.requireNonNull(NodePart.class.getResourceAsStream("/" + name), name)) {
          in.transferTo(jarFile);
        }
      }
    }
  }

  private List<String> flags() {
    return List.of("@" + prepared.resolve("node.jvm"));
  }

  private static List<String> command(List<List<String>> words) {
    return Stream.concat(Stream.of(JAVA), words.stream().flatMap(List::stream)).toList();
  }
}
