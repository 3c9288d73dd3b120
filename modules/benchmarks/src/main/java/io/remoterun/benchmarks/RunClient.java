package io.remoterun.benchmarks;

import io.remoterun.benchmarks.process.RelayProcess;
import io.remoterun.protocol.http.RunForm;
import io.remoterun.protocol.log.RunEventStream;
import io.remoterun.protocol.run.NodeId;
import io.remoterun.protocol.run.RunId;
import io.remoterun.protocol.run.RunRequest;
import io.remoterun.protocol.run.RunTarget;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** A program that asks a relay for runs over HTTP, as the webapp or a script does. */
final class RunClient implements AutoCloseable {
  private final HttpClient http =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  private final URI api;
  private final String bearer;

  RunClient(RelayProcess relay) throws IOException {
    this.api = relay.api();
    this.bearer = relay.bearer();
  }

  /**
   * Asks for a run with output.
   *
   * @return the events, as they come
   */
  InputStream events(List<NodeId> nodes) throws IOException {
    RunTarget target = new RunTarget.Nodes(nodes);
    RunRequest run = new RunRequest(RunId.random(), target, List.of(), false, true);
    HttpRequest request =
        HttpRequest.newBuilder(URI.create(api + RunForm.path(target)))
            .header("Authorization", bearer)
            .header("Content-Type", RunForm.MEDIA_TYPE)
            .header("Accept", RunEventStream.MEDIA_TYPE)
            .POST(HttpRequest.BodyPublishers.ofString(RunForm.encode(run)))
            .build();
    HttpResponse<InputStream> answer = send(request);
    if (answer.statusCode() != 200) {
      throw new IOException(
          "HTTP status "
              + answer.statusCode()
              + ": "
              + new String(answer.body().readAllBytes(), StandardCharsets.UTF_8));
    }
    return answer.body();
  }

  private HttpResponse<InputStream> send(HttpRequest request) throws IOException {
    try {
      return http.send(request, HttpResponse.BodyHandlers.ofInputStream());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    }
  }

  /** One run from the request to its end. */
  RunCount run(List<NodeId> nodes) throws IOException {
    return new RunCount().read(events(nodes));
  }

  @Override
  public void close() {
    http.shutdownNow();
  }
}
