package io.remoterun.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;

/** Answers as a webapp does of which one node has just run its agent. */
final class TrainingWebapp implements AutoCloseable {
  private static final String RUN =
      """
      {"result":"success","data":{"id":"0b4e7a52-8b1e-4b7a-a1f4-3c9be6d5a003","state":"ended",
       "targets":{"all":true},"conditions":[],"askedBy":{"name":"training","from":"here"},
       "began":"2026-01-01T00:00:00Z","counts":{"targets":1,"succeeded":1},
       "nodes":[{"id":"n1","hostname":"one.example","state":"succeeded","exitCode":0}]}}
      """;
  private static final String NODES =
      """
      {"result":"success","data":{"nodes":[
       {"id":"n1","hostname":"one.example","policyServerId":"root"}]}}
      """;
  private static final String EVENTS =
      """
      {"event":"started","node":"n1","command":"agent","id":1}
      {"event":"output","node":"n1","text":"R: @@T@@result_repaired@@r@@d@@0@@C@@k@@2026-01-01 00:00:00+00:00##n1@#It is well\\n","id":2}
      {"event":"finished","node":"n1","status":0,"id":3}
      {"event":"summary","targets":1,"succeeded":1}
      """;

  private final HttpServer server;

  TrainingWebapp() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), 0), 0);
    server.createContext("/", TrainingWebapp::answer);
    server.start();
  }

  String url() {
    return "http://127.0.0.1:" + server.getAddress().getPort();
  }

  private static void answer(HttpExchange exchange) throws IOException {
    String path = exchange.getRequestURI().getPath();
    exchange.getRequestBody().readAllBytes();
    String answer = path.endsWith("/nodes") ? NODES : path.endsWith("/events") ? EVENTS : RUN;
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
