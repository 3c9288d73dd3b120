package io.remoterun.helper;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/**
 * Starts the agent as root for a node that is not root: one request, one run, one process. What is
 * executed stands in its settings, which are root's; the request only names it. Whatever is not
 * shown to be allowed is refused, and nothing is executed that is not in the audit log before.
 */
public final class RunHelper {
  private static final Duration WHOLE_REQUEST = Duration.ofSeconds(5);

  private final Asker asker;
  private final Conversation node;
  private final HelperSettings settings;
  private final HelperFolder folder;
  private String asked = "(no request)";

  private RunHelper(Asker asker, Conversation node, HelperSettings settings) {
    this.asker = asker;
    this.node = node;
    this.settings = settings;
    this.folder = new HelperFolder(settings.folder());
  }

  /** What may be executed now, and nothing else in that place before it is closed. */
  private record Permit(List<String> command, FileChannel place) {}

  /** Takes no arguments. */
  public static void main(String[] arguments) throws IOException, InterruptedException {
    Asker asker = Asker.atStandardInput(System.getenv("SUDO_UID"));
    Conversation node = new Conversation(asker);
    try {
      AgentChild.keepFilesPrivate();
      String file = System.getProperty("run-helper.settings", "/etc/remote-run/run-helper.conf");
      HelperSettings settings = HelperSettings.read(Path.of(file));
      new RunHelper(asker, node, settings).serve(arguments);
      System.exit(0);
    } catch (Refusal | IOException | RuntimeException e) {
      node.tell(e instanceof Refusal refusal ? refusal.answer : 'R', words(e));
      System.err.println("run-helper: " + words(e));
      System.exit(1);
    }
  }

  private void serve(String[] arguments) throws IOException, Refusal, InterruptedException {
    Permit permit = permit(arguments);
    HelperRun run;
    try {
      run = HelperRun.start(permit.command, node, settings, this::audit);
    } catch (IOException e) {
      audit("not started: " + e.getMessage());
      node.tell('N', String.valueOf(e.getMessage()));
      return;
    }
    AgentEnd end = run.awaitEnd();
    // Before it is told: whoever has heard of the end may want the next run.
    permit.place.close();
    run.tell(end);
    run.drainRest();
  }

  private Permit permit(String[] arguments) throws IOException, Refusal {
    try {
      if (arguments.length > 0) {
        throw new Refusal("the helper takes no arguments");
      }
      asker.mustBe(settings.user());
      HelperRequest request = node.request(WHOLE_REQUEST);
      asked = request.toString();
      List<String> command = settings.command(request);
      if (Files.exists(settings.disableFile())) {
        throw new Refusal("the agent is disabled: there is " + settings.disableFile());
      }
      FileChannel place = settings.place(request.job());
      try (FileChannel _ = folder.lockSeen()) {
        List<String> seen = folder.seen();
        if (seen.contains(request.run().toString())) {
          throw new Refusal("run " + request.run() + " was here before");
        }
        audit("starts " + command);
        folder.see(seen, request.run());
      }
      return new Permit(command, place);
    } catch (Refusal | IOException | RuntimeException e) {
      audit("refused: " + words(e));
      throw e;
    }
  }

  private void audit(String decision) throws IOException {
    folder.audit("user=" + asker + " " + asked + " " + decision);
  }

  private static String words(Exception e) {
    return e instanceof Refusal ? String.valueOf(e.getMessage()) : e.toString();
  }
}
