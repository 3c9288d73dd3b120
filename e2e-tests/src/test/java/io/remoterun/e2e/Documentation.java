package io.remoterun.e2e;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The commands in README and docs. They are in blocks of {@code console}, which may be indented,
 * after a dollar sign, or {@code #} for root's; what they print follows, with three dots for what
 * is left out or different each time. A block is not run if {@code <!-- not run: WHY -->} is before
 * it; others are run without being root.
 */
final class Documentation {
  private static final Pattern NOT_RUN = Pattern.compile("<!-- not run: (\\S.*) -->");
  private static final Pattern LINK =
      Pattern.compile("\\]\\((?!https?:)([^)#\\s]*)(?:#([^)\\s]+))?\\)");
  private static final String FENCE = "```";
  private static final String CONSOLE = "console";
  private static final Pattern PROMPT = Pattern.compile("[$#] ");

  private static final String PROSE = "(none)";

  /** A heading, root's prompt, comments. */
  private static final Set<String> HAVING_OTHER_HASHES =
      Set.of(PROSE, CONSOLE, "yaml", "toml", "ini", "apache");

  /** Commands without a prompt. */
  private static final Set<String> SCRIPTS = Set.of("sh", "bash", "shell", "zsh", "fish");

  private Documentation() {}

  record Block(Optional<String> whyNotRun, List<Command> commands) {}

  /**
   * @param text may have several lines
   * @param shown what it is said to print
   */
  record Command(String text, List<String> shown) {

    /** Whether all lines are there, in this order, with anything between them. */
    boolean isPrintedIn(String output) {
      Pattern lines =
          Pattern.compile(
              shown.stream()
                  .map(Command::pattern)
                  .collect(Collectors.joining(".*^", shown.isEmpty() ? "" : "^", "")),
              Pattern.DOTALL | Pattern.MULTILINE);
      return lines.matcher(output).find();
    }

    private static String pattern(String line) {
      return Stream.of(line.split("\\.\\.\\.", -1))
          .map(Pattern::quote)
          .collect(Collectors.joining("[^\\n]*"));
    }
  }

  static List<Path> all() throws IOException {
    try (Stream<Path> docs = Files.list(Launcher.PROJECT.resolve("docs"))) {
      return Stream.concat(Stream.of(Launcher.PROJECT.resolve("README.md")), docs.sorted())
          .filter(file -> file.toString().endsWith(".md"))
          .toList();
    }
  }

  static List<Block> read(Path document) throws IOException {
    List<Block> blocks = new ArrayList<>();
    for (Fenced fenced : fenced(document)) {
      if (fenced.language().equals(CONSOLE)) {
        blocks.add(new Block(fenced.whyNotRun(), commands(fenced.lines())));
      }
    }
    return blocks;
  }

  /** Lines that look like commands in no such block, and scripts: all that nobody runs. */
  static List<String> otherCommands(Path document) throws IOException {
    List<String> others = new ArrayList<>();
    String language = PROSE;
    for (String indented : Files.readAllLines(document)) {
      String line = indented.strip();
      if (line.startsWith(FENCE)) {
        language = language.equals(PROSE) ? line.substring(FENCE.length()) : PROSE;
        if (SCRIPTS.contains(language)) {
          others.add(line);
        }
      } else if ((line.startsWith("$ ") && !language.equals(CONSOLE))
          || (line.startsWith("# ") && !HAVING_OTHER_HASHES.contains(language))) {
        others.add(line);
      }
    }
    return others;
  }

  /** Lines between two fences, without the indentation that the first one has. */
  private record Fenced(String language, Optional<String> whyNotRun, List<String> lines) {}

  private static List<Fenced> fenced(Path document) throws IOException {
    List<Fenced> all = new ArrayList<>();
    List<String> lines = Files.readAllLines(document);
    for (int i = 0; i < lines.size(); i++) {
      String opening = lines.get(i).strip();
      if (opening.startsWith(FENCE)) {
        int indentation = lines.get(i).indexOf(FENCE);
        Matcher reason = NOT_RUN.matcher(i == 0 ? "" : lines.get(i - 1).strip());
        List<String> within = new ArrayList<>();
        for (i++; !lines.get(i).strip().equals(FENCE); i++) {
          String line = lines.get(i);
          boolean isIndented = line.startsWith(" ".repeat(indentation));
          within.add(isIndented ? line.substring(indentation) : line.strip());
        }
        all.add(
            new Fenced(
                opening.substring(FENCE.length()),
                reason.matches() ? Optional.of(reason.group(1)) : Optional.empty(),
                within));
      }
    }
    return all;
  }

  /** Links to files that are not there, or to headings that are not in them. */
  static List<String> deadLinks(Path document) throws IOException {
    List<String> dead = new ArrayList<>();
    Matcher link = LINK.matcher(Files.readString(document));
    while (link.find()) {
      Path file =
          link.group(1).isEmpty() ? document : document.resolveSibling(link.group(1)).normalize();
      String heading = link.group(2);
      if (!Files.exists(file) || (heading != null && !headings(file).contains(heading))) {
        dead.add(link.group());
      }
    }
    return dead;
  }

  /** As they are named in links: GitHub's way. */
  private static List<String> headings(Path document) throws IOException {
    return Files.readAllLines(document).stream()
        .filter(line -> line.startsWith("#"))
        .map(line -> line.replaceFirst("^#+ ", "").toLowerCase(Locale.ROOT))
        .map(title -> title.replaceAll("[^\\p{L}\\p{N} _-]", "").replace(' ', '-'))
        .toList();
  }

  private static List<Command> commands(List<String> lines) {
    List<Command> commands = new ArrayList<>();
    for (int i = 0; i < lines.size(); i++) {
      if (!isPrompt(lines.get(i))) {
        throw new IllegalArgumentException("no command: " + lines.get(i));
      }
      StringBuilder text = new StringBuilder(lines.get(i).substring(2));
      while (goesOn(text) && i + 1 < lines.size()) {
        i++;
        text.append('\n').append(lines.get(i));
      }
      List<String> shown = new ArrayList<>();
      while (i + 1 < lines.size() && !isPrompt(lines.get(i + 1))) {
        i++;
        shown.add(lines.get(i));
      }
      commands.add(new Command(text.toString(), shown));
    }
    return commands;
  }

  private static boolean isPrompt(String line) {
    return PROMPT.matcher(line).lookingAt();
  }

  private static boolean goesOn(StringBuilder text) {
    long quotes = text.chars().filter(c -> c == '\'').count();
    return quotes % 2 == 1 || text.charAt(text.length() - 1) == '\\';
  }
}
