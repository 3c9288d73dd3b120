package io.remoterun.cli;

import io.remoterun.cli.docs.Texts;
import io.remoterun.protocol.run.Printable;
import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import picocli.CommandLine;
import picocli.CommandLine.MissingParameterException;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;
import picocli.CommandLine.MutuallyExclusiveArgsException;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.UnmatchedArgumentException;

/** What is wrong with a command line, in the words of whoever typed it and not of its parser. */
final class WrongUse {
  private WrongUse() {}

  static String words(ParameterException error) {
    CommandLine command = error.getCommandLine();
    return switch (error) {
      case UnmatchedArgumentException unmatched when !unmatched.getUnmatched().isEmpty() ->
          unknown(unmatched.getUnmatched().getFirst(), command);
      case MissingParameterException missing when isOfChoice(missing.getMissing()) ->
          "say which nodes: NODE..., --all, --group or --where";
      case MutuallyExclusiveArgsException both ->
          String.valueOf(both.getMessage())
              .replaceFirst("^Error: (.*) are mutually exclusive.*", "say only one of $1");
      case MissingParameterException missing -> missing(missing.getMissing(), missing);
      default -> String.valueOf(error.getMessage());
    };
  }

  /** Only {@code trigger} has options of which one must be there. */
  private static boolean isOfChoice(List<ArgSpec> missing) {
    return missing.stream().anyMatch(argument -> argument.group() != null);
  }

  private static String missing(List<ArgSpec> missing, ParameterException error) {
    return switch (missing.isEmpty() ? null : missing.getFirst()) {
      case OptionSpec option -> option.longestName() + " needs a value: " + option.paramLabel();
      case PositionalParamSpec argument -> argument.paramLabel() + " is missing";
      case null, default -> String.valueOf(error.getMessage());
    };
  }

  private static String unknown(String word, CommandLine command) {
    String shown = Printable.of(word);
    if (word.startsWith("-")) {
      String name = word.replaceFirst("=.*", "");
      return "there is no option "
          + Printable.of(name)
          + meant(name, shownOptions(command)).map(it -> "; did you mean " + it + "?").orElse("");
    }
    if (command.getSubcommands().isEmpty()) {
      return command.getCommandSpec().qualifiedName() + " does not take '" + shown + "'";
    }
    boolean isTop = command.getParent() == null;
    Set<String> commands = new LinkedHashSet<>(command.getSubcommands().keySet());
    if (isTop) {
      commands.addAll(Texts.LAUNCHED.keySet());
    }
    return "there is no command "
        + (isTop ? "or role " : "")
        + "'"
        + shown
        + "'"
        + meant(word, commands).map(it -> "; did you mean " + it + "?").orElse("");
  }

  private static List<String> shownOptions(CommandLine command) {
    return command.getCommandSpec().options().stream()
        .filter(option -> !option.hidden())
        .map(OptionSpec::names)
        .flatMap(Arrays::stream)
        .toList();
  }

  /**
   * What begins so, or differs in so few letters that it was mistyped. picocli's own suggestions
   * name something also where nothing is near.
   */
  private static Optional<String> meant(String word, Collection<String> known) {
    return known.stream()
        .filter(it -> (it.startsWith(word) && word.length() > 2) || isNear(word, it))
        .min(Comparator.comparingInt(it -> distance(word, it)));
  }

  private static boolean isNear(String word, String known) {
    int distance = distance(word, known);
    return distance <= 2 && 3 * distance <= word.length();
  }

  /** Of Levenshtein: letters to put in, take out or change. */
  private static int distance(String one, String other) {
    int[] last = new int[other.length() + 1];
    for (int j = 0; j <= other.length(); j++) {
      last[j] = j;
    }
    for (int i = 1; i <= one.length(); i++) {
      int[] next = new int[other.length() + 1];
      next[0] = i;
      for (int j = 1; j <= other.length(); j++) {
        int changed = last[j - 1] + (one.charAt(i - 1) == other.charAt(j - 1) ? 0 : 1);
        next[j] = Math.min(changed, Math.min(last[j], next[j - 1]) + 1);
      }
      last = next;
    }
    return last[other.length()];
  }
}
