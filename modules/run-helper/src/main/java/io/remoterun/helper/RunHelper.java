package io.remoterun.helper;

import io.remoterun.process.AgentChild;
import io.remoterun.process.RootOwned;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * Starts the agent as root for a node that is not root: one request, one run, one process. What is
 * executed stands in its settings, which are root's; the request only names it. Whatever is not
 * shown to be allowed is refused, and nothing is executed that is not in the audit log before.
 */
public final class RunHelper {
  /** Of each job but the agent. */
  static final int MOST_AT_ONCE = 10;

  private RunHelper() {}

  /** Takes no arguments. */
  public static void main(String[] arguments) throws IOException, InterruptedException {
    Asker asker = Asker.atStandardInput(System.getenv("SUDO_UID"));
    HelperFolder folder = null;
    try {
      AgentChild.keepFilesPrivate();
      String file = System.getProperty("run-helper.settings", "/etc/remote-run/run-helper.conf");
      HelperSettings settings = HelperSettings.read(Path.of(file));
      RootOwned.check(settings.path("folder"));
      folder = new HelperFolder(settings.path("folder"), "user=" + asker.name());
      if (arguments.length > 0) {
        throw new Refusal("the helper takes no arguments");
      }
      asker.mustBe(settings.value("user"));
      HelperRequest request = asker.request();
      folder = folder.of(request);
      List<String> command = settings.command(request);
      if (Files.exists(settings.path("disable-file"))) {
        throw new Refusal("the agent is disabled: there is " + settings.path("disable-file"));
      }
      FileChannel place =
          settings.isAgent(command)
              ? folder.place("agent", 1)
              : folder.place(request.job(), MOST_AT_ONCE);
      folder.see(request.run());
      folder.audit("starts " + command);
      HelperRun.start(command, asker, settings, folder).awaitEnd(place);
    } catch (IOException | RuntimeException | Error e) {
      boolean isRefused = e instanceof SecurityException;
      String reason = isRefused ? String.valueOf(e.getMessage()) : e.toString();
      if (folder != null) {
        folder.note((isRefused ? "refused: " : "failed: ") + reason);
      }
      System.err.println("run-helper: " + reason);
      asker.tell(e instanceof Refusal refusal ? refusal.answer : 'R', reason);
      System.exit(1);
    }
  }
}
