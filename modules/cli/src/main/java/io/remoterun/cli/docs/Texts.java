package io.remoterun.cli.docs;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;

/** What commands and options say of themselves, as plain text. */
public final class Texts {
  /** What the launcher starts beside this program, as the help says. */
  public static final Map<String, String> LAUNCHED = launched();

  private Texts() {}

  private static Map<String, String> launched() {
    Map<String, String> words = new LinkedHashMap<>();
    words.put("webapp", "Run the webapp");
    words.put("relay", "Run a relay");
    words.put("node", "Run a node");
    words.put("status", "Tell how the node on this machine is");
    words.put("demo", "Run a whole fleet on this machine, to try it");
    return words;
  }

  static boolean isNode(ArgSpec option) {
    return option.paramLabel().equals("NODE");
  }

  static boolean isFile(ArgSpec option) {
    return option.paramLabel().equals("FILE") || option.paramLabel().equals("DIR");
  }

  /** What there is to choose from, if it is known. */
  static List<String> choice(ArgSpec option) {
    Object[] constants = option.type().getEnumConstants();
    return constants == null ? List.of() : Stream.of(constants).map(String::valueOf).toList();
  }

  static String first(CommandSpec command) {
    String[] header = command.usageMessage().header();
    String[] description = command.usageMessage().description();
    return header.length > 0
        ? plain(header[0])
        : description.length > 0 ? plain(description[0]) : "";
  }

  static String of(ArgSpec option) {
    return plain(String.join(" ", option.description()));
  }

  static String plain(String text) {
    return text.replace("%%", "%");
  }
}
