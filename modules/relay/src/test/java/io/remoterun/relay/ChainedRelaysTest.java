package io.remoterun.relay;

import static io.remoterun.relay.ScriptedTransport.finished;
import static io.remoterun.relay.ScriptedTransport.output;
import static io.remoterun.relay.ScriptedTransport.started;
import static org.assertj.core.api.Assertions.assertThat;

import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.util.InsecureTrustManagerFactory;
import io.remoterun.protocol.http.RelayClient;
import io.remoterun.protocol.keys.HostKey;
import io.remoterun.protocol.keys.KeyHash;
import io.remoterun.protocol.keys.NodeCertificates;
import io.remoterun.protocol.keys.Tls;
import io.remoterun.protocol.run.NodeId;
import io.remoterun.protocol.run.RunEvent;
import io.remoterun.protocol.run.RunFailure.Kind;
import io.remoterun.protocol.run.RunId;
import io.remoterun.protocol.run.RunRequest;
import io.remoterun.protocol.run.RunTarget;
import io.remoterun.relay.runs.Run;
import io.remoterun.testkit.CapturedLog;
import io.remoterun.testkit.Detour;
import io.remoterun.testkit.TestKeys;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Sinks;
import reactor.netty.Connection;
import reactor.netty.http.client.HttpClient;
import reactor.netty.resources.ConnectionProvider;
import reactor.netty.tcp.TcpClient;
import reactor.test.StepVerifier;

/** A root relay, a relay below it, and what is between them. */
@Timeout(30)
class ChainedRelaysTest {
  private static final HostKey ROOT_KEY = TestKeys.of("root");
  private static final HostKey SUB_KEY = TestKeys.of("sub");
  private static final HostKey STRANGER = TestKeys.of("stranger");

  @TempDir private Path folder;
  private final List<TestRelay> relays = new ArrayList<>();
  private final Http http = new Http();

  @BeforeEach
  void reset() {
    relays.clear();
  }

  @AfterEach
  void stop() {
    http.close();
    relays.forEach(TestRelay::close);
  }

  @Test
  void aNodeBehindASubRelayIsTriggeredThere() throws Exception {
    TestRelay sub = running(sub());
    TestRelay root = running(root(sub.https()));

    HttpResponse<String> response =
        post(root, "/remote-run/nodes/n2", "keep_output=true&classes=a");

    assertThat(response.statusCode()).isEqualTo(200);
    assertThat(response.body()).isEqualTo("n2: OK [a]\n");
    assertThat(sub.nodes().triggered()).containsExactly(new NodeId("n2"));
    assertThat(root.nodes().triggered()).isEmpty();
  }

  @Test
  void theRunHasOneNameAtEveryHop() throws Exception {
    TestRelay root = running(root(running(sub()).https()));
    try (CapturedLog rootLog = CapturedLog.of("remote-run.relay.root");
        CapturedLog subLog = CapturedLog.of("remote-run.relay.sub")) {
      String id =
          post(root, "/remote-run/nodes/n2", "").headers().firstValue("X-Run-Id").orElseThrow();
      rootLog.await("run " + id + ": node n2: exit status 0");
      subLog.await("run " + id + ": /127.0.0.1:", "with key MD5=", "asks for nodes [n2]");
    }
  }

  @Test
  void allGoesToEveryNodeOfBothAndWaitsForAll() throws Exception {
    TestRelay root = running(root(running(sub()).https()));

    assertThat(post(root, "/remote-run/all", "keep_output=true").body().lines())
        .containsExactlyInAnyOrder(
            "root: OK []", "n1: OK []", "sub: OK []", "n2: OK []", "n3: OK []");
  }

  @Test
  void outputComesThroughBothHopsAsItIsPrinted() throws Exception {
    TestRelay sub = running(sub());
    TestRelay root = running(root(sub.https()));
    Sinks.Many<RunEvent> n2 = sub.nodes().control("n2");

    StepVerifier.create(eventsFrom(root, "n2"))
        .then(() -> n2.tryEmitNext(started("n2")))
        .expectNext(started("n2"))
        .then(() -> n2.tryEmitNext(output("n2", "first\n")))
        .expectNext(output("n2", "first\n"))
        .then(() -> n2.tryEmitNext(output("n2", "no line end")))
        .expectNext(output("n2", "no line end"))
        .then(() -> n2.tryEmitNext(finished("n2", 7)))
        .expectNext(finished("n2", 7))
        .expectComplete()
        .verify(Duration.ofSeconds(30));
  }

  @Test
  void whenTheReaderLeavesTheRunGoesOnAtBothHops() throws Exception {
    TestRelay sub = running(sub());
    TestRelay root = running(root(sub.https()));
    Sinks.Many<RunEvent> n2 = sub.nodes().control("n2");
    try (CapturedLog log = CapturedLog.of("remote-run.relay.root")) {
      StepVerifier.create(eventsFrom(root, "n2"))
          .then(() -> n2.tryEmitNext(started("n2")))
          .expectNext(started("n2"))
          .thenCancel()
          .verify(Duration.ofSeconds(30));
      n2.tryEmitNext(output("n2", "unread\n"));
      n2.tryEmitNext(finished("n2", 0));

      log.await("node n2: exit status 0");
      assertThat(sub.nodes().cancelled()).isEmpty();
    }
  }

  @Test
  void aQuietRunIsHeldUpByHeartbeats() throws Exception {
    TestRelay sub = running(sub().with("deadlines.heartbeat", "50ms"));
    TestRelay root = running(root(sub.https()).with("deadlines.silence", "4s"));
    sub.nodes().script("n2", Flux.just(finished("n2", 0)).delaySubscription(Duration.ofSeconds(5)));

    assertThat(post(root, "/remote-run/nodes/n2", "keep_output=true").body()).isEmpty();
  }

  @Test
  void aSilentRelayIsGivenUp() throws Exception {
    TestRelay sub = running(sub().with("deadlines.heartbeat", "10s"));
    TestRelay root = running(root(sub.https()).with("deadlines.silence", "200ms"));
    sub.nodes().script("n2", Flux.never());

    HttpResponse<String> response = post(root, "/remote-run/nodes/n2", "keep_output=true");
    assertThat(response.statusCode()).isEqualTo(504);
    assertThat(response.body()).startsWith("n2: error: relay root: relay sub at 127.0.0.1:");
  }

  @Test
  void aRelayThatIsDownFailsItsNodesAndNoOthers() throws Exception {
    TestRelay sub = running(sub());
    TestRelay root = running(root(sub.https()));
    sub.close();

    HttpResponse<String> one = post(root, "/remote-run/nodes/n2", "keep_output=true");
    assertThat(one.statusCode()).isEqualTo(502);
    assertThat(one.body())
        .startsWith("n2: error: relay root: cannot connect to relay sub at 127.0.0.1:");

    assertThat(post(root, "/remote-run/nodes", "keep_output=true&nodes=n1,n2,n3").body().lines())
        .hasSize(4)
        .contains("n1: OK []", "summary: 3 nodes: 1 succeeded, 2 failed")
        .anyMatch(line -> line.startsWith("n2: error: "))
        .anyMatch(line -> line.startsWith("n3: error: "));
  }

  @Test
  void aRelayThatBreaksAndDoesNotComeBackIsToldAsSuch() throws Exception {
    TestRelay sub = running(sub());
    TestRelay root = running(root(sub.https()).with("deadlines.silence", "500ms"));
    Sinks.Many<RunEvent> n2 = sub.nodes().control("n2");

    StepVerifier.create(eventsFrom(root, "n2"))
        .then(() -> n2.tryEmitNext(output("n2", "begun\n")))
        .expectNext(output("n2", "begun\n"))
        .then(sub::close)
        .expectNextMatches(
            event ->
                kindOf(event) == Kind.INTERRUPTED
                    && reasonOf(event).contains("has not come back for 500 ms: "))
        .expectComplete()
        .verify(Duration.ofSeconds(30));
  }

  @Test
  void aConnectionThatIsLostIsMadeAgainAndNothingIsMissed() throws Exception {
    TestRelay sub = running(sub());
    try (Detour detour = Detour.to(sub.https());
        CapturedLog log = CapturedLog.of("remote-run.relay.root")) {
      TestRelay root = running(root(detour.address()));
      Sinks.Many<RunEvent> n2 = sub.nodes().control("n2");

      StepVerifier.create(eventsFrom(root, "n2"))
          .then(() -> n2.tryEmitNext(started("n2")))
          .expectNext(started("n2"))
          .then(() -> n2.tryEmitNext(output("n2", "before\n")))
          .expectNext(output("n2", "before\n"))
          .then(detour::cut)
          .then(() -> n2.tryEmitNext(output("n2", "meanwhile\n")))
          .expectNext(output("n2", "meanwhile\n"))
          .then(detour::cut)
          .then(() -> n2.tryEmitNext(finished("n2", 3)))
          .expectNext(finished("n2", 3))
          .expectComplete()
          .verify(Duration.ofSeconds(30));
      log.await("WARN run ", "lost the connection to relay sub at 127.0.0.1:", "from event 3");
      log.await("relay sub at 127.0.0.1:", "is back");
      assertThat(sub.nodes().triggered()).hasSize(1);
    }
  }

  @Test
  void whatTheRelayBelowHasDroppedMeanwhileIsSaid() throws Exception {
    TestRelay sub = running(sub().with("runs.output", "10KB"));
    try (Detour detour = Detour.to(sub.https())) {
      TestRelay root = running(root(detour.address()));
      Sinks.Many<RunEvent> n2 = sub.nodes().control("n2");

      StepVerifier.create(eventsFrom(root, "n2"))
          .then(() -> n2.tryEmitNext(output("n2", "before\n")))
          .expectNext(output("n2", "before\n"))
          .then(detour::refuse)
          .then(() -> emit(n2, 1000, output("n2", "0123456789\n")))
          .then(() -> n2.tryEmitNext(finished("n2", 0)))
          .then(detour::admit)
          .recordWith(ArrayList::new)
          .thenConsumeWhile(event -> !event.isTerminal())
          .consumeRecordedWith(
              events -> {
                assertThat(bytesOf(events)).isEqualTo(11_000);
                assertThat(events).hasAtLeastOneElementOfType(RunEvent.Gap.class);
              })
          .expectNext(finished("n2", 0))
          .expectComplete()
          .verify(Duration.ofSeconds(30));
    }
  }

  @Test
  void relaysBelowRunAtTheSameTimeNotOneAfterTheOther() throws Exception {
    TestRelay sub = running(sub());
    TestRelay other =
        running(plan("other").node("other", "root").node("n4", "other").knowing("root", ROOT_KEY));
    TestRelay root =
        running(
            root(sub.https())
                .node("other", "root")
                .node("n4", "other")
                .knowing("other", TestKeys.of("other"))
                .reaching("other", other.https()));
    Sinks.Many<RunEvent> n2 = sub.nodes().control("n2");
    Sinks.Many<RunEvent> n4 = other.nodes().control("n4");
    RunTarget both = new RunTarget.Nodes(List.of(new NodeId("n2"), new NodeId("n4")));
    Run run =
        root.runs()
            .start(new RunRequest(RunId.random(), both, List.of(), false, true), List.of())
            .blockOptional()
            .orElseThrow();

    // Neither ends before both have begun.
    n2.tryEmitNext(started("n2"));
    n4.tryEmitNext(started("n4"));
    StepVerifier.create(run.log().events().take(2)).expectNextCount(2).verifyComplete();
    n2.tryEmitNext(finished("n2", 0));
    n4.tryEmitNext(finished("n4", 0));

    assertThat(run.log().events().collectList().block())
        .contains(finished("n2", 0), finished("n4", 0));
  }

  @Test
  void cancelGoesDownToTheNodesAndTheirWordsComeBack() throws Exception {
    TestRelay sub = running(sub());
    TestRelay root = running(root(sub.https()));
    sub.nodes().control("n2").tryEmitNext(started("n2"));
    root.nodes().control("n1").tryEmitNext(started("n1"));
    RunRequest request =
        new RunRequest(
            RunId.random(),
            new RunTarget.Nodes(List.of(new NodeId("n1"), new NodeId("n2"))),
            List.of(),
            false,
            true);
    Run run = root.runs().start(request, List.of()).blockOptional().orElseThrow();
    StepVerifier.create(run.log().events().take(2)).expectNextCount(2).verifyComplete();

    run.cancel();

    assertThat(run.log().events().filter(RunEvent::isTerminal).collectList().block())
        .hasSize(2)
        .allMatch(event -> kindOf(event) == Kind.STOPPED)
        .anyMatch(event -> ((RunEvent.Failed) event).failure().hop().equals("node n2"));
    assertThat(sub.runs().find(request.id()).blockOptional().orElseThrow().isCancelled()).isTrue();
  }

  @Test
  void aCircleOfRelaysIsNamedAndEndsAtOnce() throws Exception {
    TestRelay.Plan subPlan =
        plan("sub").knowing("root", ROOT_KEY).node("root", "sub").node("sub", "root");
    TestRelay sub;
    try (Detour toRoot = Detour.closed()) {
      sub = running(subPlan.node("n9", "root").reaching("root", toRoot.address()));
      TestRelay root =
          running(
              root(sub.https())
                  .node("n9", "sub")
                  .knowing("sub", SUB_KEY)
                  .with("https.clients[0]", KeyHash.of(SUB_KEY.publicKey()).toString()));
      toRoot.leadTo(root.https());

      HttpResponse<String> response = post(root, "/remote-run/nodes/n9", "keep_output=true");

      assertThat(response.statusCode()).isEqualTo(502);
      assertThat(response.body()).contains("508", "come back to relay root by way of [root, sub]");
    }
  }

  @Test
  void aSubRelayThatDoesNotKnowTheNodeSaysSo() throws Exception {
    TestRelay sub = running(plan("sub").node("sub", "root").knowing("root", ROOT_KEY));
    TestRelay root = running(root(sub.https()));

    HttpResponse<String> response = post(root, "/remote-run/nodes/n2", "keep_output=true");
    assertThat(response.statusCode()).isEqualTo(404);
    assertThat(response.body())
        .startsWith("n2: error: relay sub: node n2 is not in the node list of this relay");
  }

  @Test
  void somebodyElseAtTheRelaysAddressIsNotTrusted() throws Exception {
    TestRelay sub = running(sub());
    TestRelay root =
        running(
            plan("root")
                .node("root", "root")
                .node("n1", "root")
                .node("sub", "root")
                .node("n2", "sub")
                .knowing("sub", STRANGER)
                .reaching("sub", sub.https()));

    HttpResponse<String> response = post(root, "/remote-run/nodes/n2", "keep_output=true");
    assertThat(response.statusCode()).isEqualTo(502);
    assertThat(response.body())
        .startsWith("n2: error: relay root: relay sub at 127.0.0.1:")
        .contains("is not who it should be");
    assertThat(sub.nodes().triggered()).isEmpty();
  }

  @Test
  void withoutAKnownKeyARelayIsNotAsked() throws Exception {
    TestRelay sub = running(sub());
    TestRelay root =
        running(
            plan("root")
                .node("root", "root")
                .node("sub", "root")
                .node("n2", "sub")
                .reaching("sub", sub.https()));

    assertThat(post(root, "/remote-run/nodes/n2", "keep_output=true").body())
        .startsWith("n2: error: relay root: no key of relay sub is known");
  }

  @Test
  void onlyThePolicyServerIsLetIn() throws Exception {
    TestRelay sub = running(sub());
    try (CapturedLog log = CapturedLog.of("remote-run.relay.sub")) {
      assertThat(ask(sub, ROOT_KEY)).containsExactly(finished("n2", 0));
      assertThat(ask(sub, STRANGER)).hasSize(1).allMatch(event -> kindOf(event) == Kind.REFUSED);
      log.await("WARN refused /127.0.0.1:", "no TLS", "is not admitted");
      assertThat(sub.nodes().triggered()).hasSize(1);
    }
  }

  @Test
  void whoIsLetInChangesWithAReload() throws Exception {
    TestRelay sub = running(sub());
    assertThat(ask(sub, ROOT_KEY)).containsExactly(finished("n2", 0));

    Path certificates = sub.host().folder().resolve("allnodescerts.pem");
    NodeCertificates.write(certificates, List.of(STRANGER.certificateOf(NodeId.ROOT)));
    assertThat(http.post(sub.url(), "/system/reload", "").statusCode()).isEqualTo(200);

    assertThat(ask(sub, ROOT_KEY)).hasSize(1).allMatch(event -> kindOf(event) == Kind.REFUSED);
    assertThat(ask(sub, STRANGER)).containsExactly(finished("n2", 0));
  }

  @Test
  void aConnectionThatIsNotUsedIsClosed() throws Exception {
    TestRelay sub = running(sub().with("https-idle-timeout", "200ms"));
    SslContext tls = Tls.client(ROOT_KEY, ROOT_KEY.certificate(), SUB_KEY.publicKey()::equals);
    Connection idle =
        TcpClient.newConnection()
            .remoteAddress(sub::https)
            .secure(spec -> spec.sslContext(tls))
            .connectNow(Duration.ofSeconds(30));

    StepVerifier.create(idle.onDispose()).expectComplete().verify(Duration.ofSeconds(30));
  }

  @Test
  void aHashInTheSettingsLetsInAnother() throws Exception {
    KeyHash hash = KeyHash.of(STRANGER.publicKey());
    TestRelay sub = running(sub().with("https.clients[0]", hash.toString()));

    assertThat(ask(sub, STRANGER)).containsExactly(finished("n2", 0));
  }

  @Test
  void aClientWithoutACertificateIsNotLetIn() throws Exception {
    TestRelay sub = running(sub());
    try (CapturedLog log = CapturedLog.of("remote-run.relay.sub")) {
      SslContext anonymous =
          SslContextBuilder.forClient()
              .trustManager(InsecureTrustManagerFactory.INSTANCE)
              .endpointIdentificationAlgorithm(null)
              .build();
      assertThat(events(sub, anonymous)).allMatch(event -> kindOf(event) == Kind.REFUSED);
      log.await("WARN refused /127.0.0.1:");
    }
  }

  @Test
  void theTokenIsAskedForOnThePlainListenerOnly() throws Exception {
    Path token = folder.resolve("token");
    TestRelay sub =
        running(
            sub().with("http.authentication", "token").with("http.token-file", token.toString()));
    String secret = Files.readString(token).strip();
    assertThat(Files.getPosixFilePermissions(token)).hasSize(2);

    try (CapturedLog log = CapturedLog.of("remote-run.relay.sub")) {
      HttpResponse<String> without = post(sub, "/remote-run/nodes/n2", "");
      assertThat(without.statusCode()).isEqualTo(401);
      assertThat(without.headers().firstValue("WWW-Authenticate")).contains("Bearer");
      assertThat(withToken(sub, secret + "x").statusCode()).isEqualTo(401);
      assertThat(withToken(sub, secret).statusCode()).isEqualTo(200);
      assertThat(post(sub, "/no/such/path", "").statusCode()).isEqualTo(401);
      assertThat(ask(sub, ROOT_KEY)).containsExactly(finished("n2", 0));
      log.await("WARN refused", "401 UNAUTHORIZED");
      assertThat(log.lines()).noneMatch(line -> line.contains(secret));
    }
  }

  private HttpResponse<String> withToken(TestRelay relay, String token) throws Exception {
    return http.post(
        relay.url(), "/remote-run/nodes/n2", "", Map.of("Authorization", "Bearer " + token));
  }

  private static List<RunEvent> ask(TestRelay relay, HostKey key) {
    return events(relay, Tls.client(key, key.certificate(), SUB_KEY.publicKey()::equals));
  }

  private static List<RunEvent> events(TestRelay relay, SslContext tls) {
    HttpClient client =
        HttpClient.create(ConnectionProvider.newConnection()).secure(spec -> spec.sslContext(tls));
    return new RelayClient(client, relay.secureUrl(), "relay root", "relay sub")
        .run(request("n2", false), List.of(new NodeId("n2")))
        .filter(RunEvent::isTerminal)
        .collectList()
        .blockOptional()
        .orElseThrow();
  }

  private static Flux<RunEvent> eventsFrom(TestRelay relay, String node) {
    return new RelayClient(
            HttpClient.create(ConnectionProvider.newConnection()),
            relay.url(),
            "webapp",
            "relay root")
        .run(request(node, true), List.of(new NodeId(node)));
  }

  private static RunRequest request(String node, boolean keepOutput) {
    return new RunRequest(
        RunId.random(), RunTarget.node(new NodeId(node)), List.of(), false, keepOutput);
  }

  private static void emit(Sinks.Many<RunEvent> node, int times, RunEvent event) {
    for (int i = 0; i < times; i++) {
      node.tryEmitNext(event);
    }
  }

  private static long bytesOf(Collection<RunEvent> events) {
    return events.stream()
        .mapToLong(
            event ->
                switch (event) {
                  case RunEvent.Output output -> output.bytes().size();
                  case RunEvent.Gap gap -> gap.bytes();
                  default -> 0;
                })
        .sum();
  }

  private static String reasonOf(RunEvent event) {
    return ((RunEvent.Failed) event).failure().reason();
  }

  private static Kind kindOf(RunEvent event) {
    return ((RunEvent.Failed) event).failure().kind();
  }

  private HttpResponse<String> post(TestRelay relay, String path, String form) throws Exception {
    return http.post(relay.url(), path, form);
  }

  private TestRelay.Plan plan(String id) {
    return TestRelay.plan(folder, id);
  }

  private TestRelay.Plan root(InetSocketAddress sub) {
    return plan("root")
        .node("root", "root")
        .node("n1", "root")
        .node("sub", "root")
        .node("n2", "sub")
        .node("n3", "sub")
        .knowing("sub", SUB_KEY)
        .reaching("sub", sub);
  }

  private TestRelay.Plan sub() {
    return plan("sub")
        .node("sub", "root")
        .node("n2", "sub")
        .node("n3", "sub")
        .knowing("root", ROOT_KEY);
  }

  private TestRelay running(TestRelay.Plan plan) throws IOException {
    TestRelay relay = plan.start();
    relays.add(relay);
    return relay;
  }
}
