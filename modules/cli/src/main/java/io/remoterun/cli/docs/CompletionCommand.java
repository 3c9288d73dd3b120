package io.remoterun.cli.docs;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.remoterun.cli.console.Exit;
import io.remoterun.cli.console.Shell;
import java.io.IOException;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Prints what a shell needs to complete commands and options. */
@Command(
    name = "completion",
    description = "Print what a shell needs to complete this program's words.",
    footer = {
      "",
      "bash:  source <(remote-run completion bash)",
      "zsh:   source <(remote-run completion zsh)",
      "fish:  remote-run completion fish | source"
    })
public final class CompletionCommand implements Callable<Integer> {
  private final Shell shell;

  @Parameters(paramLabel = "SHELL", description = "bash, zsh or fish.")
  Kind kind = Kind.bash;

  @Spec @Nullable CommandSpec spec;

  /** The names are what is typed. */
  enum Kind {
    bash,
    zsh,
    fish
  }

  public CompletionCommand(Shell shell) {
    this.shell = shell;
  }

  @Override
  public Integer call() throws IOException {
    CommandLine all = spec == null ? new CommandLine(this) : spec.root().commandLine();
    String script =
        switch (kind) {
          case bash, zsh -> BashCompletion.of(all);
          case fish -> FishCompletion.of(all);
        };
    shell.out().write(script.getBytes(UTF_8));
    return Exit.FINE;
  }
}
