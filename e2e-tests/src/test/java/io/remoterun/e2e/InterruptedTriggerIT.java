package io.remoterun.e2e;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Ctrl-C while the webapp has been asked for a run, and has not said yet which one it is. */
class InterruptedTriggerIT {
  private static final String RUN =
      "{\"result\":\"success\",\"data\":{\"id\":\"run-1\",\"nodes\":[{\"id\":\"n1\",\"hostname\":\"one\"}]}}";

  private final CountDownLatch asked = new CountDownLatch(1);
  private final CountDownLatch mayAnswer = new CountDownLatch(1);
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();

  @SuppressWarnings("NullAway.Init") // set before each test
  private HttpServer webapp;

  @BeforeEach
  void starts() throws Exception {
    assertThat(Launcher.run("--version").exit()).isZero();
    webapp = HttpServer.create(new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), 0), 0);
    webapp.setExecutor(threads);
    webapp.createContext("/", this::answer);
    webapp.start();
  }

  @AfterEach
  void ends() {
    mayAnswer.countDown();
    webapp.stop(0);
    threads.close();
  }

  private void answer(HttpExchange exchange) throws IOException {
    try (exchange) {
      byte[] answer = RUN.getBytes(UTF_8);
      if (exchange.getRequestMethod().equals("POST")) {
        asked.countDown();
        mayAnswer.await();
        exchange.sendResponseHeaders(200, answer.length);
        exchange.getResponseBody().write(answer);
      } else {
        exchange.sendResponseHeaders(503, -1);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private Process trigger(String... options) throws IOException {
    ProcessBuilder trigger = Launcher.of(Launcher.PROGRAM, "trigger", "--all");
    trigger.command().addAll(List.of(options));
    // Whatever Maven was started by may ignore it, and then the program would.
    trigger.command().addAll(0, List.of("env", "--default-signal=INT"));
    trigger
        .environment()
        .put("REMOTE_RUN_URL", "http://127.0.0.1:" + webapp.getAddress().getPort());
    trigger.environment().put("REMOTE_RUN_TOKEN", "x".repeat(32));
    return trigger.redirectErrorStream(true).start();
  }

  private static void interrupt(Process process) throws Exception {
    new ProcessBuilder("kill", "-INT", Long.toString(process.pid())).start().waitFor();
  }

  private static BufferedReader output(Process process) {
    return new BufferedReader(new InputStreamReader(process.getInputStream(), UTF_8));
  }

  @Test
  void theRunIsNamedAsSoonAsItsNameIsKnown() throws Exception {
    Process trigger = trigger();
    try (BufferedReader lines = output(trigger)) {
      asked.await();
      interrupt(trigger);
      assertThat(lines.readLine()).contains("waiting for the webapp to name the run");
      mayAnswer.countDown();
      assertThat(lines.lines())
          .contains("run run-1")
          .anyMatch(line -> line.contains("the run goes on: remote-run follow run-1"));
      assertThat(trigger.waitFor()).isEqualTo(130);
    }
  }

  @Test
  void whoeverWantsOnlyItsNameGetsIt() throws Exception {
    Process trigger = trigger("--detach");
    try (BufferedReader lines = output(trigger)) {
      asked.await();
      interrupt(trigger);
      assertThat(lines.readLine()).contains("waiting for the webapp to name the run");
      mayAnswer.countDown();
      assertThat(lines.lines()).containsExactly("run-1");
      assertThat(trigger.waitFor()).isZero();
    }
  }

  @Test
  void whoeverDoesNotWaitIsToldWhereToLook() throws Exception {
    Process trigger = trigger();
    try (BufferedReader lines = output(trigger)) {
      asked.await();
      interrupt(trigger);
      assertThat(lines.readLine()).contains("again: leave without it");
      interrupt(trigger);
      assertThat(lines.readLine()).contains("whether there is a run, remote-run runs tells");
      assertThat(trigger.waitFor()).isEqualTo(130);
    }
  }
}
