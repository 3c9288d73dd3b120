package io.remoterun.e2e;

import io.remoterun.testing.Eventually;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The packaged program in the webapp's role, in a process that can be killed. */
final class WebappProcess implements AutoCloseable {
  private static final Pattern LISTENS = Pattern.compile("Netty started on port (\\d+) ");

  private final Process process;
  private final Path log;
  private final Path folder;
  private final HttpClient http = HttpClient.newHttpClient();

  private WebappProcess(Process process, Path log, Path folder) {
    this.process = process;
    this.log = log;
    this.folder = folder;
  }

  /**
   * Returns before it listens.
   *
   * @param folder its own: the second one finds there what the first has left
   * @param settings as {@code key=value}, below {@code remote-run.webapp}, {@code --key=value}, or
   *     {@code -X} for the JVM
   */
  static WebappProcess start(Path folder, List<String> settings) throws IOException {
    Files.createDirectories(folder);
    List<String> command =
        Program.command("192m", settings.stream().filter(WebappProcess::isOfJvm).toList());
    command.addAll(List.of("webapp", "--server.port=0"));
    command.add("--remote-run.webapp.token-file=" + folder.resolve("token"));
    command.add("--remote-run.webapp.store.folder=" + folder.resolve("store"));
    settings.stream()
        .filter(setting -> !isOfJvm(setting))
        .map(setting -> setting.startsWith("--") ? setting : "--remote-run.webapp." + setting)
        .forEach(command::add);
    Path log = Files.createTempFile(folder, "webapp-", ".log");
    Process process =
        new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile()).start();
    return new WebappProcess(process, log, folder);
  }

  static boolean isOfJvm(String setting) {
    return setting.startsWith("-X");
  }

  /** Waits until it listens. */
  WebappProcess await() {
    if (!Eventually.holds(
        Eventually.DEADLINE.multipliedBy(6), () -> matcher().find() || !process.isAlive())) {
      throw new AssertionError("the webapp does not listen: " + log());
    }
    return this;
  }

  void awaitLog(String words) {
    Eventually.await("log: " + words, () -> log().contains(words), this::log);
  }

  private Matcher matcher() {
    return LISTENS.matcher(log());
  }

  String log() {
    try {
      return Files.readString(log, StandardCharsets.UTF_8);
    } catch (IOException e) {
      return e.toString();
    }
  }

  private HttpRequest.Builder api(String path) throws IOException {
    Matcher port = matcher();
    if (!port.find()) {
      throw new AssertionError("the webapp does not listen: " + log());
    }
    return HttpRequest.newBuilder(
            URI.create("http://127.0.0.1:" + port.group(1) + "/rudder/api/latest/" + path))
        .header("X-API-Token", Files.readString(folder.resolve("token")).strip());
  }

  /** The answer, when it has ended: that of a run's output ends with the run. */
  CompletableFuture<String> text(String path) throws IOException {
    return http.sendAsync(api(path).build(), BodyHandlers.ofString())
        .thenApply(answer -> answer.body());
  }

  /** Waits until there is a line of an answer that goes on. */
  String firstLine(String path) throws IOException, InterruptedException {
    var answer = http.send(api(path).build(), BodyHandlers.ofInputStream());
    try (BufferedReader lines =
        new BufferedReader(new InputStreamReader(answer.body(), StandardCharsets.UTF_8))) {
      return String.valueOf(lines.readLine());
    }
  }

  /** What is in the envelope. */
  JsonNode get(String path) throws IOException {
    return JsonMapper.shared().readTree(text(path).join()).path("data");
  }

  JsonNode post(String path, String json) throws IOException, InterruptedException {
    return JsonMapper.shared().readTree(send(path, json).body()).path("data");
  }

  /** The answer to a request for a run. */
  HttpResponse<String> trigger(String json) throws IOException, InterruptedException {
    return send("remote-runs", json);
  }

  /** The same as a part of a trace. */
  HttpResponse<String> trigger(String json, String traceParent)
      throws IOException, InterruptedException {
    return http.send(
        request("remote-runs", json).header("traceparent", traceParent).build(),
        BodyHandlers.ofString());
  }

  private HttpResponse<String> send(String path, String json)
      throws IOException, InterruptedException {
    return http.send(request(path, json).build(), BodyHandlers.ofString());
  }

  private HttpRequest.Builder request(String path, String json) throws IOException {
    return api(path).header("Content-Type", "application/json").POST(BodyPublishers.ofString(json));
  }

  /** As systemd does: it may end in its own way. Returns at once. */
  void terminate() {
    process.destroy();
  }

  /** Waits for its end, and tells its exit status. */
  int exit() throws InterruptedException {
    return process.waitFor();
  }

  /** As {@code kill -9} does: it cannot do anything about it. */
  void kill() {
    process.destroyForcibly();
    process.onExit().join();
    http.shutdownNow();
  }

  @Override
  public void close() {
    kill();
  }
}
