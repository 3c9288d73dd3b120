package io.remoterun.cli.login;

import io.remoterun.cli.console.Exit;
import io.remoterun.cli.console.Failure;
import io.remoterun.cli.console.Shell;
import io.remoterun.cli.http.PersonSession;
import io.remoterun.cli.http.Webapp;
import io.remoterun.cli.settings.Settings;
import io.remoterun.cli.settings.Settings.Token;
import io.remoterun.cli.settings.SettingsReader;
import io.remoterun.cli.settings.SettingsWriter;
import io.remoterun.cli.settings.WebappOptions;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;

/** Keeps a token for later, after it was tried. */
@Command(
    name = "login",
    description = "Keep the webapp's address and a token in config.toml, after trying them.",
    footer = {
      "",
      "Asks for what it is not told. Without a terminal the lines of the input are the",
      "answers: the name, which is empty for a token, and the token or password. With",
      "a name and a password it makes a token, which only administrators may."
    })
public final class LoginCommand implements Callable<Integer> {
  private final Shell shell;

  @ArgGroup(validate = false, heading = WebappOptions.HEADING)
  WebappOptions options = new WebappOptions();

  public LoginCommand(Shell shell) {
    this.shell = shell;
  }

  @Override
  public Integer call() throws IOException {
    Asks asks = new Asks(shell);
    Settings known = SettingsReader.readWithoutToken(options, shell.environment());
    if (asks.isPerson() && !options.hasUrl()) {
      String url = asks.open("Webapp [" + known.url() + "]: ");
      if (!url.isEmpty()) {
        options.url(url);
        known = SettingsReader.readWithoutToken(options, shell.environment());
      }
    }
    String name = asks.open("Name (empty to use a token): ");
    String secret = asks.secret(name.isEmpty() ? "Token: " : "Password: ");
    if (secret.isEmpty()) {
      throw new Failure("nothing was typed");
    }
    Settings settings =
        known.with(name.isEmpty() ? new Token(secret) : PersonSession.token(known, name, secret));
    try (Webapp webapp = new Webapp(settings)) {
      int nodes = webapp.get("nodes").path("nodes").size();
      Path file = SettingsReader.fileToWrite(options, shell.environment());
      SettingsWriter.write(file, settings, options.isInsecure());
      shell
          .problems()
          .say(
              "Signed in to "
                  + settings.url()
                  + ", which shows "
                  + nodes
                  + " nodes. Kept in "
                  + file);
    }
    return Exit.FINE;
  }
}
