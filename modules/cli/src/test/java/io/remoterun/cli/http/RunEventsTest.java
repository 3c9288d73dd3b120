package io.remoterun.cli.http;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.remoterun.cli.settings.Settings;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class RunEventsTest {
  private static final String EVENT =
      "{\"event\":\"output\",\"node\":\"n1\",\"text\":\"a\\n\",\"id\":1}\n";
  private static final String NOTHING_HAPPENS = "{\"event\":\"heartbeat\",\"node\":\"n1\"}\n";
  private static final String END = "{\"event\":\"summary\",\"targets\":1}\n";

  /** What is answered on one connection after the other, before it is lost. */
  private final Queue<String> answers = new ConcurrentLinkedQueue<>();

  private HttpServer server;

  @BeforeEach
  void start() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext("/", this::answer);
    server.start();
  }

  @AfterEach
  void stop() {
    server.stop(0);
  }

  /** Each time there is as much patience as the first time. */
  @Test
  void followsAConnectionThatIsLostAgainWhileNothingHappens() {
    answers.addAll(List.of(EVENT, NOTHING_HAPPENS, NOTHING_HAPPENS, END));

    assertThat(heard(Duration.ofMillis(1)))
        .containsExactly(
            "Line", "Lost", "Back", "Line", "Lost", "Back", "Line", "Lost", "Back", "End");
  }

  @Test
  void givesUpWhereNothingAtAllComesForSoLong() {
    answers.addAll(List.of(EVENT, "", END));

    assertThat(heard(Duration.ofMillis(1))).containsExactly("Line", "Lost", "Back", "GivenUp");
  }

  /** Of what was dropped meanwhile the webapp knows, but not which part of it was heard before. */
  @Test
  void countsWhatIsMissingOnceAlsoAfterALostConnection() {
    String more = EVENT.replace("\"id\":1", "\"id\":2");
    String gap = "{\"event\":\"gap\",\"node\":\"n1\",\"from\":%d,\"bytes\":%d,\"id\":%d}\n";
    answers.addAll(List.of(EVENT + more, gap.formatted(0, 10, 7), gap.formatted(2, 8, 8) + END));

    assertThat(all(Duration.ofMinutes(1)))
        .filteredOn(Heard.Line.class::isInstance)
        .extracting(line -> ((Heard.Line) line).line())
        .containsExactly(EVENT, more, gap.formatted(4, 6, 7));
  }

  private List<String> heard(Duration patience) {
    return all(patience).stream().map(heard -> heard.getClass().getSimpleName()).toList();
  }

  private List<Heard> all(Duration patience) {
    URI url = URI.create("http://127.0.0.1:" + server.getAddress().getPort());
    Settings settings =
        new Settings(
            url,
            new Settings.Token("x".repeat(32)),
            Optional.empty(),
            Optional.empty(),
            new Settings.Sources("", ""));
    List<Heard> all = new ArrayList<>();
    try (RunEvents events = new RunEvents(new Webapp(settings), "run-1", patience)) {
      Heard next;
      do {
        next = Objects.requireNonNull(events.next(Duration.ofSeconds(20)));
        all.add(next);
      } while (!(next instanceof Heard.End) && !(next instanceof Heard.GivenUp));
    }
    return all;
  }

  private void answer(HttpExchange exchange) throws IOException {
    String answer = answers.remove();
    exchange.sendResponseHeaders(200, 0);
    exchange.getResponseBody().write(answer.getBytes(UTF_8));
    exchange.close();
  }
}
