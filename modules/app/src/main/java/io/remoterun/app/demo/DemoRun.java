package io.remoterun.app.demo;

import io.remoterun.protocol.log.RunEventDecoder;
import io.remoterun.protocol.log.RunLog;
import io.remoterun.protocol.run.ExitStatus;
import io.remoterun.protocol.run.NodeId;
import io.remoterun.protocol.run.RunEvent;
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
 * Triggers one run through the webapp's public API, as a script would, and prints it as it comes.
 */
final class DemoRun {
  private static final int COULD_NOT_RUN = 1;

  private final PrintStream out;

  DemoRun(PrintStream out) {
    this.out = out;
  }

  /**
   * @return the agent's exit status, or 1 where it could not be run or did not say
   */
  int trigger(URI webapp, String token, NodeId node) throws IOException, InterruptedException {
    HttpRequest request =
        HttpRequest.newBuilder(webapp.resolve("/rudder/api/latest/nodes/" + node + "/applyPolicy"))
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
        return print(body);
      }
    }
  }

  private int print(InputStream body) throws IOException {
    RunEventDecoder decoder = new RunEventDecoder();
    byte[] buffer = new byte[8192];
    int exit = COULD_NOT_RUN;
    for (int size = body.read(buffer); size >= 0; size = body.read(buffer)) {
      for (RunLog.Entry entry : decoder.feed(Arrays.copyOf(buffer, size))) {
        switch (entry.event()) {
          case RunEvent.Output(var node, var bytes) -> out.write(bytes.toByteArray());
          case RunEvent.Finished(var node, ExitStatus.Code(int code)) -> exit = code;
          case RunEvent.Failed(var node, var failure) -> out.println(node + ": error: " + failure);
          default -> {}
        }
      }
      out.flush();
    }
    return exit;
  }
}
