import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * Checks ({@code verify}) or mends ({@code write}) the format of every Java file of the project
 * with google-java-format, whose jar is this program's class path. A file that is already formatted
 * is not written.
 */
class Format {
  private static final Path LAST_TIME = Path.of("target", "formatter", "last-time");
  private static final List<String> PACKAGES_OF_THE_COMPILER =
      List.of("api", "code", "file", "main", "parser", "tree", "util");

  public static void main(String[] args) throws IOException, InterruptedException {
    boolean write = args[0].equals("write");
    FileTime started = FileTime.from(Instant.now());
    List<String> files = changedFiles();
    int exit = files.isEmpty() ? 0 : format(files, write);
    if (exit == 0) {
      Files.createDirectories(LAST_TIME.getParent());
      Files.write(LAST_TIME, new byte[0]);
      Files.setLastModifiedTime(LAST_TIME, write ? FileTime.from(Instant.now()) : started);
    } else if (!write) {
      System.err.println("The files above are not formatted: mvn -N validate -Dformat=write");
    }
    System.exit(exit);
  }

  private static int format(List<String> files, boolean write)
      throws IOException, InterruptedException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.add("--sun-misc-unsafe-memory-access=allow");
    for (String name : PACKAGES_OF_THE_COMPILER) {
      command.add("--add-exports=jdk.compiler/com.sun.tools.javac." + name + "=ALL-UNNAMED");
    }
    command.addAll(List.of("-cp", System.getProperty("java.class.path")));
    command.add("com.google.googlejavaformat.java.Main");
    command.addAll(write ? List.of("--replace") : List.of("--dry-run", "--set-exit-if-changed"));
    command.addAll(files);
    return new ProcessBuilder(command).inheritIO().start().waitFor();
  }

  private static List<String> changedFiles() throws IOException {
    List<String> files = new ArrayList<>();
    FileTime lastTime =
        Files.exists(LAST_TIME) ? Files.getLastModifiedTime(LAST_TIME) : FileTime.fromMillis(0);
    for (String folder : List.of(".mvn", "modules", "e2e-tests")) {
      try (Stream<Path> paths = Files.walk(Path.of(folder))) {
        paths
            .filter(path -> path.toString().endsWith(".java"))
            .filter(path -> !path.toString().contains(File.separator + "target" + File.separator))
            .filter(path -> path.toFile().lastModified() >= lastTime.toMillis())
            .forEach(path -> files.add(path.toString()));
      }
    }
    return files;
  }
}
