package io.remoterun.cli.docs;

import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;

/** What commands and options say of themselves, as plain text. */
final class Texts {
  private Texts() {}

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
