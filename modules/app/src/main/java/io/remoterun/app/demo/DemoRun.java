package io.remoterun.app.demo;

import io.remoterun.protocol.log.RunEventDecoder;
import io.remoterun.protocol.log.RunLog;
import io.remoterun.protocol.report.FormatOptions;
import io.remoterun.protocol.report.TableFormatter;
import io.remoterun.protocol.run.ExitStatus;
import io.remoterun.protocol.run.RunEvent;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Triggers one run through the webapp's public API, as a script would, and prints it as it comes:
 * as rows of the table that the command line shows.
 */
final class DemoRun {
  private static final int COULD_NOT_RUN = 1;

  private final PrintStream out;
  private final TableFormatter table;
  private final ByteArrayOutputStream begun = new ByteArrayOutputStream();

  DemoRun(PrintStream out, boolean hasColours) {
    this.out = out;
    this.table =
        new TableFormatter(
            new FormatOptions(false, false, false, false, hasColours, false, false, false), 0);
  }

  /**
   * @return the agent's exit status, or 1 where it could not be run or did not say
   */
  int trigger(URI webapp, String token, DemoHost node) throws IOException, InterruptedException {
    HttpRequest request =
        HttpRequest.newBuilder(
                webapp.resolve("/rudder/api/latest/nodes/" + node.id() + "/applyPolicy"))
            .header("X-API-Token", token)
            .header("Accept", "application/x-ndjson")
            .POST(HttpRequest.BodyPublishers.noBody())
            .build();
    try (HttpClient client = HttpClient.newHttpClient()) {
      HttpResponse<InputStream> response =
          client.send(request, HttpResponse.BodyHandlers.ofInputStream());
      try (InputStream body = response.body()) {
        if (response.statusCode() != 200) {
          out.println(new String(body.readAllBytes(), StandardCharsets.UTF_8));
          return COULD_NOT_RUN;
        }
        return print(body, node.hostname());
      }
    }
  }

  private int print(InputStream body, String name) throws IOException {
    RunEventDecoder decoder = new RunEventDecoder();
    byte[] buffer = new byte[8192];
    int exit = COULD_NOT_RUN;
    for (int size = body.read(buffer); size >= 0; size = body.read(buffer)) {
      for (RunLog.Entry entry : decoder.feed(Arrays.copyOf(buffer, size))) {
        out.print(rows(entry.event(), name));
        if (entry.event() instanceof RunEvent.Finished(var _, ExitStatus.Code(int code))) {
          exit = code;
        }
      }
      out.flush();
    }
    out.print(table.end());
    out.flush();
    return exit;
  }

  private String rows(RunEvent event, String name) {
    return switch (event) {
      case RunEvent.Output output -> lines(output.bytes().toByteArray(), name);
      case RunEvent.Gap gap -> lineSoFar(name) + table.missing(name, gap.bytes());
      case RunEvent.Finished ended ->
          lineSoFar(name)
              + table.ended(name, ended.status().toString(), ended.status().isFailure());
      case RunEvent.Failed failed ->
          lineSoFar(name) + table.ended(name, failed.failure().toString(), true);
      case RunEvent.Started _, RunEvent.Heartbeat _ -> "";
    };
  }

  private String lines(byte[] bytes, String name) {
    StringBuilder rows = new StringBuilder();
    for (byte b : bytes) {
      if (b == '\n') {
        rows.append(lineSoFar(name));
      } else {
        begun.write(b);
      }
    }
    return rows.toString();
  }

  private String lineSoFar(String name) {
    if (begun.size() == 0) {
      return "";
    }
    byte[] line = begun.toByteArray();
    begun.reset();
    return table.line(name, line);
  }
}
