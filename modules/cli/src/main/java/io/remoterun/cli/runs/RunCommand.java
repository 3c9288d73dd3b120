package io.remoterun.cli.runs;

import io.remoterun.cli.console.Shell;
import io.remoterun.cli.http.Webapp;
import io.remoterun.cli.settings.SettingsReader;
import io.remoterun.cli.settings.WebappOptions;
import java.io.IOException;
import java.util.concurrent.Callable;
import picocli.CommandLine.ArgGroup;

/** A command that asks the webapp. */
abstract class RunCommand implements Callable<Integer> {
  final Shell shell;

  @ArgGroup(validate = false, heading = WebappOptions.HEADING)
  WebappOptions options = new WebappOptions();

  RunCommand(Shell shell) {
    this.shell = shell;
  }

  @Override
  public final Integer call() throws IOException {
    try (Webapp webapp = new Webapp(SettingsReader.read(options, shell.environment()))) {
      return call(webapp);
    }
  }

  /**
   * @return for the shell
   */
  abstract int call(Webapp webapp) throws IOException;
}
