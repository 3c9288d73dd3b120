package io.remoterun.helper;

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

  private final Asker asker;
  private final Conversation node;
  private final HelperSettings settings;
  private HelperFolder folder;

  private RunHelper(Asker asker, Conversation node, HelperSettings settings) {
    this.asker = asker;
    this.node = node;
    this.settings = settings;
    this.folder = new HelperFolder(settings.path("folder"), "user=" + asker);
  }

  /** Takes no arguments. */
  public static void main(String[] arguments) throws IOException, InterruptedException {
    Asker asker = Asker.atStandardInput(System.getenv("SUDO_UID"));
    Conversation node = new Conversation(asker);
    try {
      AgentChild.keepFilesPrivate();
      String file = System.getProperty("run-helper.settings", "/etc/remote-run/run-helper.conf");
      HelperSettings settings = HelperSettings.read(Path.of(file));
      new RunHelper(asker, node, settings).serve(arguments);
    } catch (Refusal | IOException | RuntimeException e) {
      node.tell(e instanceof Refusal refusal ? refusal.answer : 'R', words(e));
      System.err.println("run-helper: " + words(e));
      System.exit(1);
    }
  }

  private void serve(String[] arguments) throws IOException, Refusal, InterruptedException {
    FileChannel place;
    HelperRun run;
    try {
      if (arguments.length > 0) {
        throw new Refusal("the helper takes no arguments");
      }
      asker.mustBe(settings.value("user"));
      HelperRequest request = node.request();
      folder = folder.of(request);
      List<String> command = settings.command(request);
      if (Files.exists(settings.path("disable-file"))) {
        throw new Refusal("the agent is disabled: there is " + settings.path("disable-file"));
      }
      place =
          settings.isAgent(command)
              ? folder.place("agent", 1)
              : folder.place(request.job(), MOST_AT_ONCE);
      folder.see(request.run());
      folder.audit("starts " + command);
      run = new HelperRun(command, node, settings, folder);
    } catch (Refusal | IOException | RuntimeException e) {
      folder.audit("refused: " + words(e));
      throw e;
    }
    run.awaitEnd(place);
    run.drainRest(settings.seconds("drain"));
  }

  private static String words(Exception e) {
    return e instanceof Refusal ? String.valueOf(e.getMessage()) : e.toString();
  }
}
