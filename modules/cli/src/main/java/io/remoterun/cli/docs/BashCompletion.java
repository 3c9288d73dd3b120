package io.remoterun.cli.docs;

import java.util.LinkedHashSet;
import java.util.Set;
import picocli.AutoComplete;
import picocli.CommandLine;
import picocli.CommandLine.Model.OptionSpec;

/** Picocli's script, and what it cannot know: nodes, and what only the launcher starts. */
final class BashCompletion {
  // Zsh counts from 1 and bash from 0; slices are the same in both.
  private static final String MORE =
      """

      # Names of nodes, if the webapp tells them at once.
      _remote_run_nodes() {
        timeout 3 "$1" nodes --names 2>/dev/null | cut -f 1
      }
      _remote_run() {
        _complete_remote-run
        local program="${COMP_WORDS[@]:0:1}" command="${COMP_WORDS[@]:1:1}"
        local word="${COMP_WORDS[@]:$COMP_CWORD:1}" before="${COMP_WORDS[@]:$((COMP_CWORD - 1)):1}"
        case "$word" in -*) return ;; esac
        if [ "$COMP_CWORD" -eq 1 ]; then
          COMPREPLY+=( $(compgen -W "LAUNCHED" -- "$word") )
          return
        fi
        case "$before" in
          --node) ;;
          VALUES) return ;;
          *) case "$command" in COMMANDS) ;; *) return ;; esac ;;
        esac
        COMPREPLY+=( $(compgen -W "$(_remote_run_nodes "$program")" -- "$word") )
      }
      complete -F _remote_run -o default remote-run
      """;

  private BashCompletion() {}

  /** For zsh as well: it looks which shell it is in. */
  static String of(CommandLine all) {
    return AutoComplete.bash("remote-run", all)
        + MORE.replace("LAUNCHED", String.join(" ", Texts.LAUNCHED.keySet()))
            .replace("VALUES", String.join(" | ", withValue(all)))
            .replace("COMMANDS", String.join(" | ", takingNodes(all)));
  }

  private static Set<String> withValue(CommandLine all) {
    Set<String> names = new LinkedHashSet<>();
    for (CommandLine command : all.getSubcommands().values()) {
      for (OptionSpec option : command.getCommandSpec().options()) {
        if (option.arity().max() > 0 && !Texts.isNode(option)) {
          names.addAll(Set.of(option.names()));
        }
      }
    }
    return names;
  }

  private static Set<String> takingNodes(CommandLine all) {
    Set<String> names = new LinkedHashSet<>();
    all.getSubcommands()
        .forEach(
            (name, command) -> {
              if (command.getCommandSpec().positionalParameters().stream()
                  .anyMatch(Texts::isNode)) {
                names.add(name);
              }
            });
    return names;
  }
}
