package io.remoterun.cli.docs;

import java.util.Map;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

/** The words of all commands as fish wants them; picocli writes bash's only. */
final class FishCompletion {
  private static final String PROGRAM = "complete -c remote-run";

  private FishCompletion() {}

  static String of(CommandLine all) {
    StringBuilder script = new StringBuilder(PROGRAM + " -f\n");
    commands(script, all, "__fish_use_subcommand");
    all.getSubcommands().forEach((name, command) -> command(script, name, command));
    return script.toString();
  }

  private static void commands(StringBuilder script, CommandLine parent, String when) {
    for (Map.Entry<String, CommandLine> command : parent.getSubcommands().entrySet()) {
      script.append(
          "%s -n %s -a %s -d %s\n"
              .formatted(
                  PROGRAM,
                  quoted(when),
                  command.getKey(),
                  quoted(Texts.first(command.getValue().getCommandSpec()))));
    }
  }

  private static void command(StringBuilder script, String name, CommandLine command) {
    String when = "__fish_seen_subcommand_from " + name;
    commands(script, command, when);
    options(script, command.getCommandSpec(), when);
    for (CommandLine sub : command.getSubcommands().values()) {
      options(
          script,
          sub.getCommandSpec(),
          when + "; and __fish_seen_subcommand_from " + sub.getCommandName());
    }
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
      // Files are offered where a value is wanted.
      script.append(option.arity().max() > 0 ? " -r -F" : "");
      script.append(" -d ").append(quoted(Texts.of(option))).append('\n');
    }
  }

  private static String quoted(String text) {
    return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'";
  }
}
