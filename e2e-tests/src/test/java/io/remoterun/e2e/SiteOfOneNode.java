package io.remoterun.e2e;

import io.remoterun.testkit.TestHost;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * A root relay with one node, {@code node}, and webapps that may be killed, and know of a second
 * one, {@code later}. The node's agent prints the first half of {@link #OUTPUT}, the other half
 * when it may go on, and ends with code 3.
 */
final class SiteOfOneNode implements AutoCloseable {
  private static final int LINES = 10_000;
  static final String OUTPUT =
      IntStream.rangeClosed(1, LINES).mapToObj(i -> i + "\n").collect(Collectors.joining());
  private static final Set<PosixFilePermission> OWN_FILE =
      PosixFilePermissions.fromString("rw-------");

  private final Path folder;
  private final Path goOn;
  private final TestHost nodeHost;
  private final TestHost relayHost;
  private final OurNode node;
  private final List<WebappProcess> webapps = new ArrayList<>();
  private OurRelay relay;

  SiteOfOneNode(Path folder) throws IOException {
    this.folder = folder;
    this.goOn = folder.resolve("go-on");
    relayHost = TestHost.make(folder, "root");
    nodeHost = TestHost.make(folder, "node");
    Path agent = folder.resolve("agent.sh");
    Files.writeString(
        agent,
        """
        #!/bin/sh
        seq 1 %d
        while [ ! -e '%s' ]; do sleep 0.05; done
        rm '%2$s'
        seq %d %d
        exit 3
        """
            .formatted(LINES / 2, goOn, LINES / 2 + 1, LINES));
    Files.setPosixFilePermissions(agent, PosixFilePermissions.fromString("rwx------"));
    Files.writeString(
        folder.resolve("nodes.json"),
        """
        {"node":{"hostname":"node.example","policy-server":"root"},
         "later":{"hostname":"later.example","policy-server":"root"}}
        """);
    node = OurNode.start(nodeHost, agent, relayHost);
    relay = startRelay();
  }

  private OurRelay startRelay() throws IOException {
    return OurRelay.start(relayHost, new OurRelay.Node("node", node.port(), nodeHost.hash()));
  }

  /** It keeps runs in memory, so that the next one knows none of them. */
  void restartRelay() throws IOException {
    relay.close();
    relay = startRelay();
  }

  /**
   * Begins to start a webapp that knows this relay.
   *
   * @param name of its folder
   */
  WebappProcess startWebapp(String name, String... settings) throws IOException {
    Path token = Files.createTempFile(folder, "relay-token-", "");
    Files.setPosixFilePermissions(token, OWN_FILE);
    Files.writeString(token, relay.token());
    List<String> all = new ArrayList<>(List.of(settings));
    all.add("nodes-list-file=" + folder.resolve("nodes.json"));
    all.add("relay.url=" + relay.url());
    all.add("relay.token-file=" + token);
    WebappProcess webapp = WebappProcess.start(folder.resolve(name), all);
    webapps.add(webapp);
    return webapp;
  }

  /** The path of a run that has printed something, and waits. */
  static String begin(WebappProcess webapp) throws IOException, InterruptedException {
    return begin(webapp, "{\"targets\":{\"nodes\":[\"node\"]}}");
  }

  /** The same for another request, for a run of {@code node} at least. */
  static String begin(WebappProcess webapp, String request)
      throws IOException, InterruptedException {
    String path = "remote-runs/" + webapp.post("remote-runs", request).path("id").asString();
    if (!webapp.firstLine(path + "/nodes/node/output").equals("1")) {
      throw new AssertionError("the agent does not run: " + webapp.log());
    }
    return path;
  }

  void letAgentGoOn() throws IOException {
    Files.createFile(goOn);
  }

  @Override
  public void close() throws IOException {
    webapps.forEach(WebappProcess::close);
    relay.close();
    // An agent of which no relay knows any more.
    if (Files.notExists(goOn)) {
      letAgentGoOn();
    }
    node.close();
  }
}
