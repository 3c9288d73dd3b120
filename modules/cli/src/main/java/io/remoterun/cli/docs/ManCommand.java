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
import picocli.CommandLine.Spec;

/** Prints the manual page. */
@Command(name = "man", description = "Print the manual page, for man: remote-run man | man -l -")
public final class ManCommand implements Callable<Integer> {
  private final Shell shell;

  @Spec @Nullable CommandSpec spec;

  public ManCommand(Shell shell) {
    this.shell = shell;
  }

  @Override
  public Integer call() throws IOException {
    CommandLine all = spec == null ? new CommandLine(this) : spec.root().commandLine();
    shell.out().write(ManPage.of(all).getBytes(UTF_8));
    return Exit.FINE;
  }
}
