package io.remoterun.cli.runs;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.remoterun.cli.console.Exit;
import io.remoterun.cli.console.Failure;
import io.remoterun.cli.console.Rows;
import io.remoterun.cli.console.Shell;
import io.remoterun.cli.http.Webapp;
import java.io.IOException;
import java.io.InputStream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import tools.jackson.databind.JsonNode;

/** Who has done what. */
@Command(
    name = "audit",
    description = "List who has done what, the newest first (for administrators).",
    footer = {"", "--verify exits with 1 when the log is not as it was written."})
public final class AuditCommand extends RunCommand {
  private static final int MOST = 1000;

  @Option(names = "--who", paramLabel = "NAME", description = "Only of this account.")
  @Nullable String who;

  @Option(
      names = "--action",
      paramLabel = "ACTION",
      description = "Only such as trigger, cancel, sign_in.")
  @Nullable String action;

  @Option(
      names = "--decision",
      paramLabel = "DECISION",
      description = "Only what was allowed, or refused.")
  @Nullable String decision;

  @Option(names = "--run", paramLabel = "RUN", description = "Only of this run.")
  @Nullable String run;

  @Mixin Span span = new Span();

  @Option(
      names = {"-n", "--limit"},
      paramLabel = "N",
      description = "So many at most, up to " + MOST + ". Default: 50.")
  int limit = 50;

  @Option(names = "--json", description = "A JSON object a line.")
  boolean json;

  @Option(names = "--export", description = "All of it, the oldest first, a JSON object a line.")
  boolean export;

  @Option(names = "--verify", description = "Check that it is as it was written.")
  boolean verify;

  public AuditCommand(Shell shell) {
    super(shell);
  }

  @Override
  int call(Webapp webapp) throws IOException {
    if (verify) {
      return verify(webapp.get("remote-run-audit/verify"));
    }
    if (export) {
      try (InputStream lines = webapp.lines("remote-run-audit/export", 0)) {
        lines.transferTo(shell.out());
      }
      return Exit.FINE;
    }
    Query query =
        new Query("remote-run-audit", limit, MOST)
            .with("who", who)
            .with("action", action)
            .with("decision", decision)
            .with("run", run == null ? null : RunIds.find(webapp, run))
            .in(span);
    Rows rows = new Rows("WHEN", "WHO", "FROM", "ACTION", "DECISION", "DETAILS");
    StringBuilder lines = new StringBuilder();
    for (JsonNode entry : webapp.get(query.toString()).path("entries")) {
      lines.append(entry).append('\n');
      rows.add(
          RunWords.time(entry.path("when").asString("")),
          entry.path("who").asString(""),
          entry.path("from").asString(""),
          entry.path("action").asString(""),
          entry.path("decision").asString(""),
          entry.path("details").asString(""));
    }
    shell.out().write((json ? lines.toString() : rows.toString()).getBytes(UTF_8));
    return Exit.FINE;
  }

  private int verify(JsonNode verdict) throws IOException {
    long entries = verdict.path("entries").asLong(0);
    if (!verdict.path("intact").asBoolean(false)) {
      JsonNode broken = verdict.path("broken");
      throw new Failure(
          "the audit log is not as it was written: entry "
              + broken.path("sequence").asLong(0)
              + ": "
              + broken.path("reason").asString(""));
    }
    String head = verdict.path("head").asString("");
    shell.out().write((entries + " entries, intact; head " + head + "\n").getBytes(UTF_8));
    return Exit.FINE;
  }
}
