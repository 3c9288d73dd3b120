package io.remoterun.node.schedule;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.remoterun.protocol.run.Printable;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.TokenStreamLocation;

/**
 * Rudder's {@code agentd.conf} and, after it, the {@code *.conf} of the folder {@code
 * agentd.conf.d} in the order of their names. Of two sections of one name the later one counts, as
 * a whole, if it can be used.
 *
 * <p>What cannot be used is a {@link Problem} and nothing else: a file that is no TOML (or is not
 * readable, larger than {@value #MOST_BYTES} bytes, or writable by everybody) is left out, as is a
 * section of which one value is wrong.
 */
final class AgentdConf {
  static final int MOST_BYTES = 1 << 20;

  private static final int MOST_FILES = 1000;

  private final Map<String, Section> sections = new LinkedHashMap<>();
  private final List<Problem> problems = new ArrayList<>();

  /** Blocks. Where there is no file there is nothing, and no problem either. */
  static AgentdConf read(Path file) {
    AgentdConf conf = new AgentdConf();
    conf.add(file);
    conf.dropIns(Path.of(file + ".d")).forEach(conf::add);
    return conf;
  }

  List<Section> sections() {
    return List.copyOf(sections.values());
  }

  List<Problem> problems() {
    return List.copyOf(problems);
  }

  private List<Path> dropIns(Path folder) {
    List<Path> files = new ArrayList<>();
    try (DirectoryStream<Path> found = Files.newDirectoryStream(folder, "*.conf")) {
      found.forEach(files::add);
    } catch (NoSuchFileException e) {
      return List.of();
    } catch (NotDirectoryException e) {
      problem(folder.toString(), "is no folder");
    } catch (IOException | RuntimeException e) {
      problem(folder.toString(), "cannot be read: " + e);
    }
    if (files.size() > MOST_FILES) {
      problem(folder.toString(), "has more than " + MOST_FILES + " files");
      return List.of();
    }
    return files.stream().sorted().toList();
  }

  private void add(Path file) {
    String name = Printable.of(file.toString());
    try {
      TomlTables.parse(text(file))
          .forEach((key, value) -> add(name + " [" + Printable.of(key) + "]", key, value));
    } catch (NoSuchFileException e) {
      if (Files.isSymbolicLink(file)) {
        problem(name, "is a link to a file that is not there");
      }
    } catch (JacksonException e) {
      // Jackson does not always know where it is.
      @Nullable TokenStreamLocation where = e.getLocation();
      String line = where == null ? "" : ", near line " + where.getLineNr();
      problem(name, "is no TOML" + line + ": " + e.getOriginalMessage());
    } catch (CharacterCodingException e) {
      problem(name, "is no TOML: it is not in UTF-8");
    } catch (IOException | RuntimeException e) {
      problem(name, "cannot be read: " + e);
    } catch (StackOverflowError e) {
      problem(name, "is no TOML that can be read: it is nested too deeply");
    }
  }

  private void add(String place, String name, Object value) {
    if (!(value instanceof Map<?, ?> table)) {
      problem(place, "is no section: a [section] has the keys of one command");
      return;
    }
    SectionReader reader = new SectionReader(name, table);
    try {
      sections.put(name, reader.read());
    } catch (IllegalArgumentException e) {
      problem(place, String.valueOf(e.getMessage()));
      return;
    }
    for (String key : reader.unknownKeys()) {
      problem(place, "there is no key " + key + ": it does nothing");
    }
  }

  private static String text(Path file) throws IOException {
    if (Files.exists(file) && !Files.isRegularFile(file)) {
      throw new IOException("it is no file");
    }
    try (InputStream in = Files.newInputStream(file)) {
      if (Files.getPosixFilePermissions(file).contains(PosixFilePermission.OTHERS_WRITE)) {
        throw new IOException("everybody may write it (chmod o-w)");
      }
      byte[] bytes = in.readNBytes(MOST_BYTES + 1);
      if (bytes.length > MOST_BYTES) {
        throw new IOException("it is larger than " + MOST_BYTES + " bytes");
      }
      return UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
    }
  }

  private void problem(String place, String words) {
    problems.add(new Problem(place, Printable.of(words)));
  }
}
