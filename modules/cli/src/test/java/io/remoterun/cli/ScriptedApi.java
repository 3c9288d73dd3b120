package io.remoterun.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.remoterun.cli.console.Terminal;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Map;
import java.util.stream.Stream;

/** Answers as a webapp does that knows two nodes, and remembers the last run it was asked for. */
final class ScriptedApi implements AutoCloseable {
  private static final String ANSWER = "{\"result\":\"success\",\"data\":%s}";
  private static final String NODES =
      """
      {"nodes":[{"id":"n1","hostname":"one.example","policyServerId":"root"},
                {"id":"n2","hostname":"two.example","policyServerId":"root"}]}
      """;

  private final HttpServer server;
  private volatile String order = "";
  private volatile String nodesOfRun = "";
  private volatile String events = "";

  ScriptedApi() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), 0), 0);
    server.createContext("/", this::answer);
    server.start();
  }

  /**
   * What the next run will be.
   *
   * @param nodes n1 or n1 and n2
   * @param lines its events without their numbers
   */
  ScriptedApi run(String nodes, String... lines) {
    nodesOfRun =
        Stream.of(nodes.split(","))
            .map(id -> "{\"id\":\"%s\",\"hostname\":\"%s.example\"}".formatted(id, id))
            .reduce((one, two) -> one + "," + two)
            .orElse("")
            .replace("n1.example", "one.example")
            .replace("n2.example", "two.example");
    StringBuilder numbered = new StringBuilder();
    for (int i = 0; i < lines.length; i++) {
      numbered.append(lines[i], 0, lines[i].length() - 1).append(",\"id\":" + (i + 1) + "}\n");
    }
    events = numbered + "{\"event\":\"summary\",\"targets\":1}\n";
    return this;
  }

  static String printed(String node, String state) {
    return "{\"event\":\"output\",\"node\":\"%s\",\"text\":\"2026-11-02T08:15:01+00:00 R: @@T@@%s@@r@@d@@0@@C@@k@@2026##n@#M\\n\"}"
        .formatted(node, state);
  }

  static String finished(String node, int status) {
    return "{\"event\":\"finished\",\"node\":\"%s\",\"status\":%d}".formatted(node, status);
  }

  /** The last run that was asked for, as JSON. */
  String order() {
    return order;
  }

  /** The program, of somebody who has a token here. */
  Ran ran(String... arguments) {
    return ran(Terminal.NONE, arguments);
  }

  Ran ran(Terminal terminal, String... arguments) {
    order = "";
    String url = "http://127.0.0.1:" + server.getAddress().getPort();
    return Ran.with(
        "", terminal, Map.of("REMOTE_RUN_URL", url, "REMOTE_RUN_TOKEN", "x".repeat(32)), arguments);
  }

  private void answer(HttpExchange exchange) throws IOException {
    String path = exchange.getRequestURI().getPath();
    String asked = new String(exchange.getRequestBody().readAllBytes(), UTF_8);
    String answer;
    if (path.endsWith("/events")) {
      answer = events;
    } else if (path.endsWith("/nodes")) {
      answer = ANSWER.formatted(NODES);
    } else {
      order = asked;
      answer = ANSWER.formatted("{\"id\":\"run-1\",\"nodes\":[" + nodesOfRun + "]}");
    }
    byte[] bytes = answer.getBytes(UTF_8);
    exchange.sendResponseHeaders(200, bytes.length);
    exchange.getResponseBody().write(bytes);
    exchange.close();
  }

  @Override
  public void close() {
    server.stop(0);
  }
}
