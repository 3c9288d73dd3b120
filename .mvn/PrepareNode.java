import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * Lays the packaged node out with config/node/prepare-node, for the Java that runs this: so the
 * build makes the cache with which a node starts. What is newer than all that it is made of is left
 * alone; {@code ./remote-run node} has the same rule.
 */
class PrepareNode {
  /**
   * @param args the project's folder, the jar, the folder for the node
   */
  public static void main(String[] args) throws IOException, InterruptedException {
    Path project = Path.of(args[0]);
    Path jar = Path.of(args[1]);
    Path folder = Path.of(args[2]);
    Path home = Path.of(System.getProperty("java.home"));
    Path java = home.resolve("bin").resolve("java");
    Path settings = project.resolve("config/node");
    List<Path> sources =
        List.of(
            jar,
            settings.resolve("node.jvm"),
            settings.resolve("prepare-node"),
            home.resolve("release"));
    if (isPrepared(folder, java, sources)) {
      return;
    }
    Process process =
        new ProcessBuilder(
                settings.resolve("prepare-node").toString(),
                java.toString(),
                jar.toString(),
                folder.toString())
            .inheritIO()
            .start();
    System.exit(process.waitFor());
  }

  private static boolean isPrepared(Path folder, Path java, List<Path> sources) throws IOException {
    File made = folder.resolve("training.log").toFile();
    Path with = folder.resolve("java");
    return Files.exists(folder.resolve("node.aot"))
        && Files.exists(with)
        && Path.of(Files.readString(with).strip()).equals(java)
        && sources.stream().allMatch(it -> it.toFile().lastModified() <= made.lastModified());
  }
}
