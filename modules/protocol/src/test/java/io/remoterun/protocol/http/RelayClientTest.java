package io.remoterun.protocol.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.Unpooled;
import io.remoterun.protocol.keys.HostKey;
import io.remoterun.protocol.keys.Tls;
import io.remoterun.protocol.log.RunEventStream;
import io.remoterun.protocol.run.Condition;
import io.remoterun.protocol.run.ExitStatus;
import io.remoterun.protocol.run.NodeId;
import io.remoterun.protocol.run.OutputBytes;
import io.remoterun.protocol.run.RunEvent;
import io.remoterun.protocol.run.RunFailure;
import io.remoterun.protocol.run.RunFailure.Kind;
import io.remoterun.protocol.run.RunId;
import io.remoterun.protocol.run.RunRequest;
import io.remoterun.protocol.run.RunTarget;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.PublicKey;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BiFunction;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import reactor.netty.DisposableServer;
import reactor.netty.http.client.HttpClient;
import reactor.netty.http.server.HttpServer;
import reactor.netty.http.server.HttpServerRequest;
import reactor.netty.http.server.HttpServerResponse;
import reactor.netty.resources.ConnectionProvider;
import reactor.netty.tcp.TcpServer;
import reactor.test.StepVerifier;

@Timeout(20)
class RelayClientTest {
  private static final NodeId N1 = new NodeId("n1");
  private static final NodeId N2 = new NodeId("n2");
  private static final NodeId N3 = new NodeId("n3");
  private static final RunEvent STARTED = new RunEvent.Started(N1, "agent");
  private static final RunEvent OUTPUT = new RunEvent.Output(N1, OutputBytes.ofUtf8("OK\n"));
  private static final RunRequest REQUEST =
      new RunRequest(
          RunId.random(),
          new RunTarget.Nodes(List.of(N1, N2)),
          List.of(new Condition("a"), new Condition("b")),
          true,
          true);
  private static final HostKey CLIENT_KEY = HostKey.generate();
  private static final HostKey SERVER_KEY = HostKey.generate();

  private final List<DisposableServer> servers = new ArrayList<>();

  @AfterEach
  void stop() {
    servers.forEach(DisposableServer::disposeNow);
  }

  @Test
  void passesEventsOnAndEndsWithTheLastTerminalOne() {
    RelayClient client =
        client(answering(STARTED, OUTPUT, finished(N2), new RunEvent.Heartbeat(N1), finished(N1)));

    assertRun(client, STARTED, OUTPUT, finished(N2), finished(N1));
  }

  @Test
  void asksAsTheContractHasIt() {
    AtomicReference<String> asked = new AtomicReference<>("");
    RelayClient client =
        client(
            (request, response) ->
                request
                    .receive()
                    .aggregate()
                    .asString()
                    .doOnNext(
                        body ->
                            asked.set(
                                String.join(
                                    "\n",
                                    request.method() + " " + request.uri(),
                                    request.requestHeaders().get("Accept"),
                                    request.requestHeaders().get("Content-Type"),
                                    request.requestHeaders().get("Content-Length"),
                                    request.requestHeaders().get("X-Run-Id"),
                                    body)))
                    .thenMany(events(response, finished(N1), finished(N2))));

    assertRun(client, finished(N1), finished(N2));
    String body = "asynchronous=true&keep_output=true&classes=a%2Cb&nodes=n1%2Cn2";
    assertThat(asked.get())
        .isEqualTo(
            String.join(
                "\n",
                "POST /rudder/relay-api/1/remote-run/nodes",
                "application/x-ndjson",
                "application/x-www-form-urlencoded",
                "" + body.length(),
                REQUEST.id().toString(),
                body));
  }

  @Test
  void anEventIsPassedOnWhenItArrivesNotAtTheEnd() {
    Sinks.Empty<Void> end = Sinks.empty();
    RelayClient client =
        client(
            (request, response) ->
                events(
                    response,
                    Flux.<RunEvent>just(OUTPUT)
                        .concatWith(end.asMono().cast(RunEvent.class))
                        .concatWithValues(finished(N1))));

    StepVerifier.create(client.run(REQUEST, List.of(N1)))
        .expectNext(OUTPUT)
        .then(end::tryEmitEmpty)
        .expectNext(finished(N1))
        .expectComplete()
        .verify(Duration.ofSeconds(30));
  }

  @Test
  void whoExpectsNobodyAsksNobody() {
    RelayClient client = new RelayClient(HttpClient.create(), base("http", 1), "webapp", "relay r");
    assertThat(client.run(REQUEST, List.of()).collectList().block()).isEmpty();
  }

  @Test
  void anAnswerThatEndsEarlyIsAFailureOfEveryNodeThatIsLeft() {
    assertRun(
        client(answering(finished(N1))),
        finished(N1),
        failed(N2, Kind.INTERRUPTED, "relay r at HOST ended its answer before the end"));
    assertThat(run(client(answering()))).extracting(RunEvent::node).containsExactly(N1, N2);
  }

  @Test
  void eventsThatNobodyAskedForAreDropped() {
    RelayClient client =
        client(
            answering(
                finished(N3),
                STARTED,
                STARTED,
                finished(N1),
                OUTPUT,
                failed(N1, Kind.TIMEOUT, ""),
                finished(N2)));

    assertRun(client, STARTED, finished(N1), finished(N2));
  }

  @Test
  void aBrokenLineIsAFailureButWhatCameBeforeIsKept() {
    RelayClient client =
        client(
            (request, response) ->
                response
                    .header("Content-Type", "application/x-ndjson")
                    .sendByteArray(
                        Flux.just(
                            RunEventStream.encode(finished(N1)),
                            "Bad Gateway\n".getBytes(StandardCharsets.UTF_8))));

    assertRun(
        client, finished(N1), failed(N2, Kind.PROTOCOL, "relay r at HOST sent what is no event"));
  }

  @Test
  void anHttpErrorIsToldWithItsFirstLine() {
    assertRun(
        client(refusing(500, "no luck\nat all")),
        failed(N1, Kind.RELAY, "relay r at HOST answered HTTP status 500: no luck"),
        failed(N2, Kind.RELAY, "relay r at HOST answered HTTP status 500: no luck"));
    assertRun(
        client(refusing(401, "")),
        failed(N1, Kind.REFUSED, "relay r at HOST answered HTTP status 401: no reason given"),
        failed(N2, Kind.REFUSED, "relay r at HOST answered HTTP status 401: no reason given"));
    assertRun(
        client(refusing(503, "later")),
        failed(N1, Kind.OVERLOADED, "relay r at HOST answered HTTP status 503: later"),
        failed(N2, Kind.OVERLOADED, "relay r at HOST answered HTTP status 503: later"));
  }

  @Test
  void anotherContentTypeIsAFailure() {
    RelayClient client = client((request, response) -> response.sendString(Mono.just("OK\nEND\n")));
    assertRun(
        client,
        failed(N1, Kind.PROTOCOL, "relay r at HOST answered with no content type instead"),
        failed(N2, Kind.PROTOCOL, "relay r at HOST answered with no content type instead"));
  }

  @Test
  void nobodyThere() {
    DisposableServer server = TcpServer.create().host("127.0.0.1").port(0).bindNow();
    server.disposeNow();
    RelayClient client = plainClient(server.port());

    assertRun(
        client,
        failed(N1, Kind.UNREACHABLE, "cannot connect to relay r at HOST: "),
        failed(N2, Kind.UNREACHABLE, "cannot connect to relay r at HOST: "));
  }

  @Test
  void anUnknownHost() {
    RelayClient client =
        new RelayClient(
            HttpClient.create(), URI.create("http://relay.invalid/r"), "relay root", "relay r");
    assertRun(
        client,
        failed(N1, Kind.UNREACHABLE, "cannot connect to relay r at relay.invalid: unknown"),
        failed(N2, Kind.UNREACHABLE, "cannot connect to relay r at relay.invalid: unknown"));
  }

  @Test
  void aConnectionThatBreaksIsAFailureOfEveryNodeThatIsLeft() {
    DisposableServer server =
        started(
            TcpServer.create()
                .handle(
                    (in, out) ->
                        in.receive()
                            .asString()
                            .take(1)
                            .thenMany(
                                out.sendString(
                                        Mono.just(
                                            """
                                            HTTP/1.1 200 OK\r
                                            Content-Type: application/x-ndjson\r
                                            Transfer-Encoding: chunked\r
                                            \r
                                            2b\r
                                            {"event":"heartbeat","node":"n2"}
                                            {"event":\r
                                            """))
                                    .then())));

    assertRun(
        plainClient(server.port()),
        failed(N1, Kind.INTERRUPTED, "lost the connection to relay r at HOST"),
        failed(N2, Kind.INTERRUPTED, "lost the connection to relay r at HOST"));
  }

  @Test
  void silenceHasADeadlineThatHeartbeatsHold() {
    Flux<RunEvent> quiet =
        Flux.concat(
            Flux.interval(Duration.ofMillis(100)).take(12).map(i -> new RunEvent.Heartbeat(N1)),
            Flux.never());
    DisposableServer server =
        started(HttpServer.create().handle((request, response) -> events(response, quiet)));
    RelayClient client =
        new RelayClient(
            HttpClient.create(),
            base("http", server.port()),
            "relay root",
            "relay r",
            Duration.ofSeconds(1));

    long begin = System.nanoTime();
    List<RunEvent> events = run(client);
    // Without them it would be over after one second.
    assertThat(Duration.ofNanos(System.nanoTime() - begin)).isGreaterThan(Duration.ofSeconds(2));
    assertThat(events).hasSize(2);
    assertThat(events.getLast())
        .isEqualTo(failed(N2, Kind.TIMEOUT, "relay r at HOST said nothing for 1000 ms"));
  }

  @Test
  void cancelClosesTheConnection() throws InterruptedException {
    CountDownLatch closed = new CountDownLatch(1);
    DisposableServer server =
        started(
            HttpServer.create()
                .doOnConnection(connection -> connection.onDispose(closed::countDown))
                .handle(
                    (request, response) ->
                        events(response, Flux.just(OUTPUT).concatWith(Flux.never()))));

    StepVerifier.create(plainClient(server.port()).run(REQUEST, List.of(N1)))
        .expectNext(OUTPUT)
        .thenCancel()
        .verify(Duration.ofSeconds(30));

    assertThat(closed.await(10, TimeUnit.SECONDS)).isTrue();
  }

  @Test
  void bothEndsKnowEachOtherByTheirKeys() {
    assertRun(
        tlsClient(SERVER_KEY.publicKey()::equals, CLIENT_KEY.publicKey()::equals),
        finished(N1),
        finished(N2));
  }

  @Test
  void aRelayWithAnotherKeyIsNotTrusted() {
    assertRun(
        tlsClient(key -> false, key -> true),
        failed(N1, Kind.WRONG_KEY, "relay r at HOST is not who it should be: "),
        failed(N2, Kind.WRONG_KEY, "relay r at HOST is not who it should be: "));
  }

  @Test
  void aRelayThatDoesNotTrustUsRefuses() {
    assertRun(
        tlsClient(key -> true, key -> false),
        failed(N1, Kind.REFUSED, "relay r at HOST does not accept our certificate: "),
        failed(N2, Kind.REFUSED, "relay r at HOST does not accept our certificate: "));
  }

  @Test
  void plainTextOnATlsPortIsToldAsSuch() {
    DisposableServer server = started(HttpServer.create().handle(answering()));
    HttpClient http =
        HttpClient.create()
            .secure(
                tls ->
                    tls.sslContext(Tls.client(CLIENT_KEY, CLIENT_KEY.certificate(), key -> false)));
    RelayClient client =
        new RelayClient(http, base("https", server.port()), "relay root", "relay r");

    assertRun(
        client,
        failed(N1, Kind.TLS, "no TLS with relay r at HOST: "),
        failed(N2, Kind.TLS, "no TLS with relay r at HOST: "));
  }

  /** relayd says the first. */
  @ParameterizedTest
  @ValueSource(strings = {"text/html; charset=utf-8", "text/plain; charset=utf-8"})
  void theBytesOfARelayThatKnowsNothingOfEventsAreUnderstood(String type) {
    RelayClient client =
        client(
            (request, response) ->
                response.header("Content-Type", type).sendString(Mono.just("OK\n")));

    assertThat(run(client))
        .containsExactly(
            OUTPUT,
            new RunEvent.Finished(N1, new ExitStatus.NotReported()),
            new RunEvent.Finished(N2, new ExitStatus.NotReported()));
  }

  @Test
  void whereNoOutputIsWantedTheRelayIsAskedForItOnlyIfItKnowsNothingOfEvents() {
    AtomicReference<String> asked = new AtomicReference<>("");
    RelayClient client =
        client(
            (request, response) ->
                request
                    .receive()
                    .aggregate()
                    .asString()
                    .doOnNext(asked::set)
                    .thenMany(
                        response
                            .header("Content-Type", "text/html; charset=utf-8")
                            .sendString(Mono.just("OK\n"))));
    RunRequest request = new RunRequest(REQUEST.id(), REQUEST.target(), List.of(), false, false);

    assertThat(client.run(request, List.of(N1)).collectList().block(Duration.ofSeconds(30)))
        .containsExactly(new RunEvent.Finished(N1, new ExitStatus.NotReported()));
    assertThat(asked.get())
        .isEqualTo("asynchronous=true&keep_output=true&output=none&nodes=n1%2Cn2");
    RunForm form = RunForm.parse(asked.get());
    assertThat(form.request(REQUEST.id(), form.nodes())).isEqualTo(request);
  }

  /** As long as an agent is: relayd has nothing else to say. */
  @Test
  void aRelayThatSendsNoHeartbeatsMayBeSilentForLonger() {
    Flux<String> quiet = Flux.just("OK\n").concatWith(Flux.never());
    DisposableServer server =
        started(
            HttpServer.create()
                .handle(
                    (request, response) ->
                        response.header("Content-Type", "text/html").sendString(quiet)));
    RelayClient client =
        new RelayClient(
            HttpClient.create(),
            base("http", server.port()),
            "relay root",
            "relay r",
            Duration.ofMillis(100));

    assertThat(run(client))
        .containsExactly(
            OUTPUT,
            failed(N1, Kind.TIMEOUT, "relay r at HOST said nothing for 1500 ms"),
            failed(N2, Kind.TIMEOUT, "relay r at HOST said nothing for 1500 ms"));
  }

  @Test
  void aRunOfWhichNothingButAHeartbeatHasComeIsAskedForAgain() {
    List<String> lastEvents = new CopyOnWriteArrayList<>();
    RelayClient client =
        client(
            (request, response) -> {
              lastEvents.add(String.valueOf(request.requestHeaders().get("Last-Event-ID")));
              response.header("X-Run-Id", REQUEST.id().toString());
              return lastEvents.size() == 1
                  ? events(
                      response,
                      Flux.<RunEvent>just(new RunEvent.Heartbeat(N1))
                          .concatWith(Flux.error(new IllegalStateException("on purpose"))))
                  : events(response, finished(N1), finished(N2));
            });

    assertThat(run(client)).containsExactly(finished(N1), finished(N2));
    assertThat(lastEvents).containsExactly("null", "0");
  }

  @Test
  void aRelayThatKnowsNothingOfRunsIsNotAskedTwice() {
    AtomicInteger asked = new AtomicInteger();
    RelayClient client =
        client(
            (request, response) -> {
              asked.incrementAndGet();
              return response
                  .header("Content-Type", "text/plain")
                  .sendString(
                      Mono.just("OK\n")
                          .concatWith(Mono.error(new IllegalStateException("on purpose"))));
            });

    assertThat(run(client)).last().matches(event -> kindOf(event) == Kind.INTERRUPTED);
    assertThat(asked).hasValue(1);
  }

  private static Kind kindOf(RunEvent event) {
    return ((RunEvent.Failed) event).failure().kind();
  }

  private RelayClient tlsClient(Predicate<PublicKey> trusted, Predicate<PublicKey> admitted) {
    DisposableServer server =
        started(
            HttpServer.create()
                .secure(
                    tls ->
                        tls.sslContext(Tls.server(SERVER_KEY, SERVER_KEY.certificate(), admitted)))
                .handle(answering(finished(N1), finished(N2))));
    HttpClient http =
        HttpClient.create(ConnectionProvider.newConnection())
            .secure(
                tls -> tls.sslContext(Tls.client(CLIENT_KEY, CLIENT_KEY.certificate(), trusted)));
    return new RelayClient(http, base("https", server.port()), "relay root", "relay r");
  }

  private static void assertRun(RelayClient client, RunEvent... expected) {
    assertThat(run(client))
        .usingElementComparator(RelayClientTest::compare)
        .containsExactly(expected);
  }

  /** A reason has to start as expected: how it ends is up to Java and the system. */
  private static int compare(RunEvent actual, RunEvent expected) {
    boolean bothFailed = actual instanceof RunEvent.Failed && expected instanceof RunEvent.Failed;
    boolean equal =
        bothFailed ? actual.toString().startsWith(start(expected)) : actual.equals(expected);
    return equal ? 0 : 1;
  }

  private static String start(RunEvent expected) {
    String text = expected.toString();
    return text.substring(0, text.lastIndexOf(" ("));
  }

  /** With the address, which is another one each time, replaced. */
  private static List<RunEvent> run(RelayClient client) {
    return client
        .run(REQUEST, List.of(N1, N2))
        .map(RelayClientTest::withoutAddress)
        .collectList()
        .blockOptional()
        .orElseThrow();
  }

  private static RunEvent withoutAddress(RunEvent event) {
    return event instanceof RunEvent.Failed failed
        ? failed(
            failed.node(),
            failed.failure().kind(),
            failed.failure().reason().replaceAll("127\\.0\\.0\\.1:\\d+", "HOST"))
        : event;
  }

  private static RunEvent failed(NodeId node, Kind kind, String reason) {
    return new RunEvent.Failed(node, new RunFailure(kind, "relay root", reason));
  }

  private static RunEvent finished(NodeId node) {
    return new RunEvent.Finished(node, ExitStatus.code(0));
  }

  private static BiFunction<HttpServerRequest, HttpServerResponse, Publisher<Void>> answering(
      RunEvent... events) {
    return (request, response) -> events(response, events);
  }

  private static BiFunction<HttpServerRequest, HttpServerResponse, Publisher<Void>> refusing(
      int status, String body) {
    return (request, response) ->
        response.status(status).sendString(body.isEmpty() ? Mono.empty() : Mono.just(body));
  }

  private static Publisher<Void> events(HttpServerResponse response, RunEvent... events) {
    return events(response, Flux.just(events));
  }

  private static Publisher<Void> events(HttpServerResponse response, Flux<RunEvent> events) {
    return response
        .header("Content-Type", "application/x-ndjson")
        .send(events.map(RunEventStream::encode).map(Unpooled::wrappedBuffer), buffer -> true);
  }

  private RelayClient client(
      BiFunction<HttpServerRequest, HttpServerResponse, Publisher<Void>> handler) {
    return plainClient(started(HttpServer.create().handle(handler)).port());
  }

  private static RelayClient plainClient(int port) {
    return new RelayClient(HttpClient.create(), base("http", port), "relay root", "relay r");
  }

  private static URI base(String scheme, int port) {
    return URI.create(scheme + "://127.0.0.1:" + port + "/rudder/relay-api/1");
  }

  private DisposableServer started(HttpServer server) {
    return started(server.host("127.0.0.1").port(0).bindNow());
  }

  private DisposableServer started(TcpServer server) {
    return started(server.host("127.0.0.1").port(0).bindNow());
  }

  private DisposableServer started(DisposableServer server) {
    servers.add(server);
    return server;
  }
}
