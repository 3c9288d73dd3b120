package io.remoterun.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.remoterun.cli.console.Exit;
import io.remoterun.cli.console.Shell;
import io.remoterun.cli.console.Terminal;
import io.remoterun.cli.console.Words;
import java.io.ByteArrayInputStream;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.util.Map;

/**
 * Does once what people do often. Java writes down meanwhile what that needs ({@code
 * -XX:AOTCacheOutput}), so that later it starts sooner.
 */
final class Training {
  private static final String REPORTS =
      """
      n1> -> R: @@Common@@log_info@@rudder@@run@@0@@start@@20260101@@2026-01-01 00:00:00+00:00##n1@#Start execution
      n1> -> R: @@T@@result_success@@r@@d@@0@@Component@@key@@2026-01-01 00:00:00+00:00##n1@#It was well
      n1> -> R: @@T@@result_repaired@@r@@d@@0@@Größe@@None@@2026-01-01 00:00:00+00:00##n1@#It is well now
      n1> -> R: @@T@@audit_error@@r@@d@@0@@Component@@key@@2026-01-01 00:00:00+00:00##n1@#It is not
      n1> -> R: @@Common@@control@@rudder@@run@@0@@end@@20260101@@2026-01-01 00:00:00+00:00##n1@#End execution
      n1> (exit code: 0)
      """;

  private Training() {}

  public static void main(String[] none) throws IOException {
    expect(Exit.FINE, "--version");
    expect(Exit.FINE, "help");
    expect(Exit.FINE, "format", "--help");
    expect(Exit.FINE, "format", "--host-column", "--color=always");
    expect(Exit.POLICY_ERROR, "format", "--mode=rudder", "-e");
    expect(Exit.USAGE, "no-such-command");
    try (TrainingWebapp webapp = new TrainingWebapp()) {
      String url = "--url=" + webapp.url();
      expect(Exit.FINE, "nodes", url);
      expect(Exit.FINE, "trigger", url, "one");
      expect(Exit.FINE, "show", url, "0b4e7a52-8b1e-4b7a-a1f4-3c9be6d5a003");
    }
  }

  private static void expect(int exit, String... arguments) throws IOException {
    int was = Main.run(shell(), arguments);
    if (was != exit) {
      throw new IOException(String.join(" ", arguments) + " exits with " + was);
    }
  }

  private static Shell shell() {
    OutputStream out = new FileOutputStream(FileDescriptor.out);
    return new Shell(
        new ByteArrayInputStream(REPORTS.getBytes(UTF_8)),
        out,
        new Words(out),
        Map.of("REMOTE_RUN_TOKEN", "training"),
        Terminal.NONE);
  }
}
