package io.remoterun.e2e;

import static java.nio.file.attribute.PosixFilePermission.OWNER_READ;
import static java.nio.file.attribute.PosixFilePermission.OWNER_WRITE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.remoterun.testing.Eventually;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class DemoIT {
  private DemoProcess running;

  /** One for all that only look at it: it takes some seconds to start. */
  @BeforeAll
  void starts(@TempDir Path folder) throws IOException {
    running = DemoProcess.start(folder, "0.01").awaitReady();
  }

  @AfterAll
  void ends() {
    running.close();
  }

  @Test
  void onceRunsTheNodeBehindTheRelayAndEndsWithTheAgentsExitStatus(@TempDir Path folder)
      throws Exception {
    try (DemoProcess demo = DemoProcess.start(folder, "0.01", "--once")) {
      int exit = demo.awaitEnd();

      assertThat(exit).as(String.join("\n", demo.seen())).isZero();
      assertThat(demo.seen())
          .filteredOn(line -> line.startsWith("E "))
          .hasSizeGreaterThan(5)
          .anyMatch(line -> line.startsWith("E repaired"));
      assertThat(demo.seen())
          .anyMatch(line -> line.startsWith("shop.paris.demo.example  exit status 0, 11 comp"))
          .noneMatch(line -> line.contains("@@"));
    }
  }

  @Test
  void aSecondOneInTheSameFolderStartsNothing() throws Exception {
    Path node = Path.of(running.file().at("/nodes/0/state").asString());
    Path state = Objects.requireNonNull(node.getParent());
    try (DemoProcess demo = DemoProcess.start(state, "0.01", "--once")) {
      assertThat(demo.awaitEnd()).isEqualTo(1);
      assertThat(demo.seen())
          .containsExactly(
              "remote-run: the demo cannot go on: another demo uses "
                  + state
                  + ": end it, or name another folder");
    }
  }

  @Test
  void keepsKeysLogsAndSettingsOfEveryRoleInTheStateFolder() throws Exception {
    JsonNode file = running.file();

    assertThat(file.at("/relays").size()).isEqualTo(2);
    assertThat(file.at("/nodes").size()).isEqualTo(3);
    for (JsonNode role : List.of(file.at("/relays/0"), file.at("/nodes/2"))) {
      Path state = Path.of(role.at("/state").asString());
      assertThat(Files.getPosixFilePermissions(state.resolve("ppkeys/localhost.priv")))
          .containsExactlyInAnyOrder(OWNER_READ, OWNER_WRITE);
      assertThat(state.resolve("ppkeys/localhost.pub")).isNotEmptyFile();
      try (Stream<Path> logs = Files.list(state.resolve("logs"))) {
        assertThat(logs).isNotEmpty().allSatisfy(log -> assertThat(log).isNotEmptyFile());
      }
    }
  }

  @Test
  void aRelayCanBeAskedForEveryNodeAtOnce() throws Exception {
    try (HttpClient client = HttpClient.newHttpClient()) {
      JsonNode root = running.file().at("/relays/0");
      var answer =
          client.send(
              HttpRequest.newBuilder(URI.create(root.at("/url").asString() + "/remote-run/all"))
                  .header("Authorization", "Bearer " + root.at("/token").asString())
                  .header("Content-Type", "application/x-www-form-urlencoded")
                  .POST(HttpRequest.BodyPublishers.ofString("keep_output=true"))
                  .build(),
              BodyHandlers.ofString());

      assertThat(answer.statusCode()).isEqualTo(200);
      for (JsonNode node : running.file().at("/nodes")) {
        assertThat(answer.body().lines())
            .filteredOn(line -> line.contains("##" + node.at("/id").asString() + "@#"))
            .hasSizeGreaterThan(10);
      }
      assertThat(answer.body()).doesNotContain("error:");
    }
  }

  @Test
  void ctrlCLeavesNoProcessAndNoPort(@TempDir Path folder) throws Exception {
    try (DemoProcess demo = DemoProcess.start(folder, "0.2").awaitReady();
        HttpClient client = HttpClient.newHttpClient()) {
      JsonNode file = demo.file();
      List<Integer> ports = new ArrayList<>(List.of(portOf(file.at("/webapp/url"))));
      file.at("/relays").forEach(relay -> ports.add(portOf(relay.at("/url"))));
      file.at("/nodes").forEach(node -> ports.add(node.at("/port").asInt()));
      String url = file.at("/webapp/url").asString();
      String node = file.at("/nodes/0/id").asString();
      var running =
          client.send(
              HttpRequest.newBuilder(
                      URI.create(url + "/rudder/api/latest/nodes/" + node + "/applyPolicy"))
                  .header("X-API-Token", file.at("/webapp/token").asString())
                  .POST(HttpRequest.BodyPublishers.noBody())
                  .build(),
              BodyHandlers.ofInputStream());
      List<ProcessHandle> processes =
          Stream.concat(Stream.of(demo.handle()), demo.handle().descendants()).toList();

      demo.interrupt();
      demo.awaitEnd();
      running.body().close();

      // Agents are nobody's children now: they are there until init notices that they have ended.
      Eventually.await(
          "no process is left",
          () -> processes.stream().noneMatch(ProcessHandle::isAlive),
          () ->
              processes.stream().filter(ProcessHandle::isAlive).map(ProcessHandle::info).toList());
      for (int port : ports) {
        assertThatThrownBy(() -> connect(port)).isInstanceOf(ConnectException.class);
      }
    }
  }

  private static int portOf(JsonNode url) {
    return URI.create(url.asString()).getPort();
  }

  private static void connect(int port) throws Exception {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
      socket.getInputStream();
    }
  }
}
