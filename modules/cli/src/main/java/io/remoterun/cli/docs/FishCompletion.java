package io.remoterun.cli.docs;

import java.util.List;
import java.util.Map;
import picocli.CommandLine;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;

/** The words of all commands as fish wants them; picocli writes bash's only. */
final class FishCompletion {
  private static final String PROGRAM = "complete -c remote-run";

  /** Of the webapp, if it tells them at once; behind a tab the id, which fish shows beside. */
  private static final String NODES =
      """
      function __remote_run_nodes
        timeout 3 (commandline -opc)[1] nodes --names 2>/dev/null
      end
      """;

  private FishCompletion() {}

  static String of(CommandLine all) {
    StringBuilder script = new StringBuilder(NODES + PROGRAM + " -f\n");
    Texts.LAUNCHED.forEach((name, words) -> command(script, "__fish_use_subcommand", name, words));
    commands(script, all, "__fish_use_subcommand");
    all.getSubcommands().forEach((name, command) -> command(script, name, command));
    return script.toString();
  }

  private static void commands(StringBuilder script, CommandLine parent, String when) {
    for (Map.Entry<String, CommandLine> command : parent.getSubcommands().entrySet()) {
      command(script, when, command.getKey(), Texts.first(command.getValue().getCommandSpec()));
    }
  }

  private static void command(StringBuilder script, String when, String name, String words) {
    script.append("%s -n %s -a %s -d %s\n".formatted(PROGRAM, quoted(when), name, quoted(words)));
  }

  private static void command(StringBuilder script, String name, CommandLine command) {
    String when = "__fish_seen_subcommand_from " + name;
    commands(script, command, when);
    words(script, command.getCommandSpec(), when);
    for (CommandLine sub : command.getSubcommands().values()) {
      words(
          script,
          sub.getCommandSpec(),
          when + "; and __fish_seen_subcommand_from " + sub.getCommandName());
    }
  }

  private static void words(StringBuilder script, CommandSpec command, String when) {
    options(script, command, when);
    for (PositionalParamSpec parameter : command.positionalParameters()) {
      String words = offered(parameter);
      if (!words.isEmpty()) {
        script.append(PROGRAM).append(" -n ").append(quoted(when)).append(words).append('\n');
      }
    }
  }

  /** What a value may be, in fish's flags; empty where that is not known. */
  private static String offered(ArgSpec value) {
    List<String> choice = Texts.choice(value);
    if (!choice.isEmpty()) {
      return " -a " + quoted(String.join(" ", choice));
    }
    if (Texts.isNode(value)) {
      return " -a '(__remote_run_nodes)'";
    }
    return Texts.isFile(value) ? " -F" : "";
  }

  private static void options(StringBuilder script, CommandSpec command, String when) {
    for (OptionSpec option : command.options()) {
      if (option.hidden()) {
        continue;
      }
      script.append(PROGRAM).append(" -n ").append(quoted(when));
      for (String name : option.names()) {
        script
            .append(name.startsWith("--") ? " -l " : " -s ")
            .append(name.replaceFirst("^--?", ""));
      }
      if (option.arity().max() > 0) {
        script.append(Texts.isFile(option) ? " -r" : " -x").append(offered(option));
      }
      script.append(" -d ").append(quoted(Texts.of(option))).append('\n');
    }
  }

  private static String quoted(String text) {
    return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'";
  }
}
