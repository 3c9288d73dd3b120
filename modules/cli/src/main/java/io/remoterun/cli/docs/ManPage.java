package io.remoterun.cli.docs;

import static java.time.ZoneOffset.UTC;

import io.remoterun.protocol.BuildVersion;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;

/** One page of all commands in roff's man macros, made of what the commands say of themselves. */
final class ManPage {
  private final StringBuilder roff = new StringBuilder();

  private ManPage() {}

  static String of(CommandLine all) {
    return new ManPage().page(all);
  }

  private String page(CommandLine all) {
    CommandSpec top = all.getCommandSpec();
    String version = text(BuildVersion.full());
    line(".TH REMOTE\\-RUN 1 " + LocalDate.now(UTC) + " \"Remote Run " + version + "\" \"\"");
    line(".SH NAME");
    line("remote\\-run \\- trigger configuration agents and watch them");
    line(".SH SYNOPSIS");
    line(".B remote\\-run");
    line(".I COMMAND");
    line("[OPTIONS]");
    line(".SH DESCRIPTION");
    line(text(Texts.first(top)));
    line(".SH COMMANDS");
    for (CommandLine command : distinct(all)) {
      command(command);
    }
    line(".SH SETTINGS");
    line(
        "Flags count more than variables (REMOTE_RUN_URL, REMOTE_RUN_TOKEN,"
            + " REMOTE_RUN_TOKEN_FILE,");
    line("REMOTE_RUN_CA_FILE, REMOTE_RUN_PIN, REMOTE_RUN_INSECURE_HTTP), and these more than");
    line(".IR \\(ti/.config/remote\\-run/config.toml ,");
    line("which has the same names in lower case: url, token, token\\-file, ca\\-file, pin,");
    line("insecure\\-http.");
    footer(top, ".SH SERVERS AND EXIT STATUS");
    return roff.toString();
  }

  /** Without other names of the same. */
  private static List<CommandLine> distinct(CommandLine parent) {
    return parent.getSubcommands().values().stream().distinct().toList();
  }

  private void command(CommandLine line) {
    CommandSpec command = line.getCommandSpec();
    line(".SS " + text(command.qualifiedName().replaceFirst("^remote-run ", "")));
    line(text(Texts.first(command)));
    for (PositionalParamSpec parameter : command.positionalParameters()) {
      entry("\\fI" + text(parameter.paramLabel()) + "\\fR", Texts.of(parameter));
    }
    for (OptionSpec option : command.options()) {
      if (!option.hidden()) {
        entry(names(option), Texts.of(option));
      }
    }
    footer(command, ".PP");
    distinct(line).forEach(this::command);
  }

  private static String names(OptionSpec option) {
    List<String> names = new ArrayList<>();
    for (String name : option.names()) {
      names.add("\\fB" + text(name) + "\\fR");
    }
    String value =
        option.arity().max() > 0 ? " \\fI" + text(Texts.plain(option.paramLabel())) + "\\fR" : "";
    return String.join(", ", names) + value;
  }

  private void entry(String tag, String words) {
    line(".TP");
    line(tag);
    line(text(words));
  }

  private void footer(CommandSpec command, String before) {
    List<String> lines = List.of(command.usageMessage().footer());
    if (lines.stream().anyMatch(it -> !it.isEmpty())) {
      line(before);
      line(".nf");
      lines.stream().filter(it -> !it.isEmpty()).forEach(it -> line(text(Texts.plain(it))));
      line(".fi");
    }
  }

  /** So that nothing in it is a request to roff. */
  private static String text(String words) {
    String escaped =
        words.replace("\\", "\\e").replace("-", "\\-").replace("~", "\\(ti").replace("'", "\\(aq");
    return escaped.startsWith(".") ? "\\&" + escaped : escaped;
  }

  private void line(String line) {
    roff.append(line).append('\n');
  }
}
