package io.remoterun.app;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a sample of the configuration says of each key: the comment lines before it, or before the
 * keys that follow it without a comment of their own. A key that is commented out counts as well.
 */
final class SampleFile {
  private static final Pattern KEY =
      Pattern.compile("( *)(# +)?\"?(\\[?[a-z0-9][a-zA-Z0-9.-]*]?)\"?:( .*)?");
  private static final Pattern COMMENT = Pattern.compile(" *# ?(.*)");
  private static final Pattern OTHER = Pattern.compile(" *(?:#  )?- .*");

  private final Set<String> settings;
  private final Map<String, Described> keys = new LinkedHashMap<>();
  private final Deque<Open> open = new ArrayDeque<>();
  private final StringBuilder words = new StringBuilder();
  private boolean areWordsUsed;

  record Described(String name, String words) {}

  private record Open(int indent, String name) {}

  private SampleFile(Set<String> settings) {
    this.settings = settings;
  }

  /**
   * By their names without dashes.
   *
   * @param settings the names, without dashes, that a key which is commented out can have: a
   *     comment can also begin with one of the values
   */
  static Map<String, Described> read(Path file, Set<String> settings) throws IOException {
    SampleFile sample = new SampleFile(settings);
    for (String line : Files.readAllLines(file)) {
      if (!sample.reads(line)) {
        throw ConfigurationReferenceTest.unreadable(file, line);
      }
    }
    return sample.keys;
  }

  private boolean reads(String line) {
    if (line.isBlank()) {
      words.setLength(0);
      return true;
    }
    Matcher key = KEY.matcher(line);
    if (key.matches()) {
      boolean isComment = key.group(2) != null;
      int indent = key.group(1).length() + (isComment ? key.group(2).length() - 2 : 0);
      String name = nameOf(indent, key.group(3));
      if (!isComment || isKnown(name, key.group(4) != null)) {
        key(indent, name);
        return true;
      }
    }
    Matcher comment = COMMENT.matcher(line);
    if (OTHER.matcher(line).matches()) {
      return true;
    }
    if (comment.matches()) {
      comment(comment.group(1));
    }
    return comment.matches();
  }

  private void comment(String text) {
    if (areWordsUsed) {
      words.setLength(0);
      areWordsUsed = false;
    }
    words.append(words.isEmpty() ? "" : " ").append(text.strip());
  }

  private boolean isKnown(String name, boolean hasValue) {
    String key = Setting.comparable(name);
    return hasValue
        ? settings.contains(key)
        : settings.stream().anyMatch(setting -> setting.startsWith(key));
  }

  private String nameOf(int indent, String key) {
    String before =
        open.reversed().stream()
            .filter(outer -> outer.indent() < indent)
            .map(outer -> outer.name() + ".")
            .findFirst()
            .orElse("");
    return before + (key.startsWith("[") ? "*" : key);
  }

  private void key(int indent, String name) {
    while (!open.isEmpty() && open.getLast().indent() >= indent) {
      open.removeLast();
    }
    open.addLast(new Open(indent, name));
    String explained = words.toString().replace("|", "\\|").replace("<", "&lt;");
    keys.put(Setting.comparable(name), new Described(name, explained));
    areWordsUsed = true;
  }
}
