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
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.TokenStreamLocation;

/**
 * Rudder's {@code agentd.conf} and, after it, the {@code *.conf} of the folder {@code
 * agentd.conf.d} in the order of their names. Of two sections of one name the later one counts, as
 * a whole, if it can be used.
 *
 * <p>What cannot be used is a {@link Problem} and nothing else: a file that is no TOML (or is not
 * readable, larger than {@value #MOST_BYTES} bytes, or not {@link Trust}ed) is left out, as is a
 * folder that is not trusted, and a section of which one value is wrong.
 */
final class AgentdConf {
  static final int MOST_BYTES = 1 << 20;

  private static final int MOST_FILES = 1000;

  private final Trust trust;
  private final Map<String, Section> sections = new LinkedHashMap<>();
  private final List<Problem> problems = new ArrayList<>();

  private AgentdConf(Trust trust) {
    this.trust = trust;
  }

  /** Blocks. Where there is no file there is nothing, and no problem either. */
  static AgentdConf read(Path file) {
    return read(file, Trust.OURS);
  }

  static AgentdConf read(Path file, Trust trust) {
    AgentdConf conf = new AgentdConf(trust);
    Path folder = file.toAbsolutePath().getParent();
    // Who may write there can put anything in the place of the file, and of the other folder.
    if (folder == null || conf.isTrusted(folder)) {
      conf.add(file);
      conf.dropIns(Path.of(file + ".d")).forEach(conf::add);
    }
    return conf;
  }

  List<Section> sections() {
    return List.copyOf(sections.values());
  }

  List<Problem> problems() {
    return List.copyOf(problems);
  }

  /** Also when it is not there: then there is nothing to distrust. */
  private boolean isTrusted(Path path) {
    try {
      Optional<String> objection = trust.objection(path);
      objection.ifPresent(words -> problem(path.toString(), words));
      return objection.isEmpty();
    } catch (NoSuchFileException e) {
      return true;
    } catch (IOException | RuntimeException e) {
      problem(path.toString(), "cannot be read: " + e);
      return false;
    }
  }

  private List<Path> dropIns(Path folder) {
    if (!isTrusted(folder)) {
      return List.of();
    }
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
    if (!isTrusted(file)) {
      return;
    }
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
      byte[] bytes = in.readNBytes(MOST_BYTES + 1);
      if (bytes.length > MOST_BYTES) {
        throw new IOException("it is larger than " + MOST_BYTES + " bytes");
      }
      return UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
    }
  }

  private void problem(String place, String words) {
    problems.add(new Problem(Printable.of(place), Printable.of(words)));
  }
}
