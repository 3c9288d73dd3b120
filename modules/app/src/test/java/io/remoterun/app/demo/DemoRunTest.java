package io.remoterun.app.demo;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import org.junit.jupiter.api.Test;

class DemoRunTest {
  private static final String BEGUN =
      "{\"event\":\"output\",\"node\":\"n1\",\"text\":\"R: @@Ntp@@result_repai\",\"id\":1}\n";
  private static final String REST =
      "{\"event\":\"output\",\"node\":\"n1\",\"text\":\"red@@r@@d@@0@@Service@@None@@2026-01-01"
          + " 00:00:00+00:00##n1@#restarted\\n\",\"id\":2}\n";
  private static final String FINISHED =
      "{\"event\":\"finished\",\"node\":\"n1\",\"status\":3,\"id\":3}\n";

  private final ByteArrayOutputStream out = new ByteArrayOutputStream();

  private int run(String events) throws IOException, InterruptedException {
    InetSocketAddress anyPort = new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), 0);
    HttpServer webapp = HttpServer.create(anyPort, 0);
    webapp.createContext(
        "/rudder/api/latest/nodes/" + DemoHost.SHOP.id() + "/applyPolicy",
        exchange -> {
          byte[] bytes = events.getBytes(UTF_8);
          exchange.sendResponseHeaders(200, bytes.length);
          exchange.getResponseBody().write(bytes);
          exchange.close();
        });
    webapp.start();
    try {
      URI url = URI.create("http://127.0.0.1:" + webapp.getAddress().getPort());
      return new DemoRun(new PrintStream(out, true, UTF_8), false)
          .trigger(url, "token", DemoHost.SHOP);
    } finally {
      webapp.stop(0);
    }
  }

  @Test
  void isShownAsATableAndTellsTheAgentsExitStatus() throws Exception {
    assertThat(run(BEGUN + REST + FINISHED)).isEqualTo(3);
    assertThat(out.toString(UTF_8))
        .startsWith("M STATE")
        .containsPattern("\nE repaired +Ntp +Service +restarted\n")
        .contains("\nSummary\n", "exit status 3", DemoHost.SHOP.hostname())
        .doesNotContain("@@");
  }

  @Test
  void whatFailsIsTold() throws Exception {
    String failed =
        "{\"event\":\"failed\",\"node\":\"n1\",\"kind\":\"UNREACHABLE\",\"hop\":\"relay root\","
            + "\"reason\":\"nobody answers\",\"id\":2}\n";

    assertThat(run(BEGUN + failed)).isEqualTo(1);
    assertThat(out.toString(UTF_8)).contains("relay root: nobody answers (check that");
  }
}
