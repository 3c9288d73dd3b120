package io.remoterun.webapp.runs;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.handler.codec.http.HttpMethod;
import io.remoterun.protocol.log.RunEventStream;
import io.remoterun.protocol.run.ExitStatus;
import io.remoterun.protocol.run.NodeId;
import io.remoterun.protocol.run.OutputBytes;
import io.remoterun.protocol.run.RunEvent;
import io.remoterun.protocol.run.RunFailure;
import io.remoterun.protocol.run.RunId;
import io.remoterun.protocol.run.RunRequest;
import io.remoterun.protocol.run.RunTarget;
import io.remoterun.testkit.ScriptedRelay;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import reactor.netty.DisposableServer;
import reactor.netty.http.server.HttpServer;

@Timeout(60)
class RootRelayTest {
  private static final NodeId NODE = new NodeId("n1");
  private static final RunEvent OUTPUT = new RunEvent.Output(NODE, OutputBytes.ofUtf8("OK\n"));
  private static final RunEvent FINISHED = new RunEvent.Finished(NODE, ExitStatus.code(0));
  private static final Duration LONG = Duration.ofSeconds(20);
  private static final Duration SHORT = Duration.ofMillis(200);

  private final ScriptedRelay scripted = new ScriptedRelay();

  @AfterEach
  void close() {
    scripted.close();
  }

  @Test
  void isShownTheToken() throws Exception {
    var events = run(() -> Optional.of("secret"), LONG, LONG);
    ScriptedRelay.Asked asked = scripted.asked();
    asked.says(FINISHED).end();
    assertThat(asked.header("Authorization")).isEqualTo("Bearer secret");
    assertThat(events.toStream()).containsExactly(FINISHED);
  }

  @Test
  void isShownNoTokenWhereItWantsNone() throws Exception {
    var events = run(Optional::empty, LONG, LONG);
    ScriptedRelay.Asked asked = scripted.asked();
    asked.says(FINISHED).end();
    assertThat(asked.header("Authorization")).isNull();
    assertThat(events.toStream()).containsExactly(FINISHED);
  }

  @Test
  void isNotAskedWhenItsTokenCannotBeRead() {
    IOException unreadable = new IOException("others may read it");
    var events =
        run(
                () -> {
                  throw unreadable;
                },
                LONG,
                LONG)
            .toStream();
    RunFailure failure =
        new RunFailure(
            RunFailure.Kind.INTERNAL,
            "webapp",
            "cannot read the token for relay root: others may read it");
    assertThat(events).containsExactly(new RunEvent.Failed(NODE, failure));
    assertThat(scripted.wasAsked()).isFalse();
  }

  @Test
  void isNotAskedWhenSomethingElseIsWrongBefore() {
    var events =
        run(
                () -> {
                  throw new IllegalStateException("a defect");
                },
                LONG,
                LONG)
            .toStream();
    RunFailure failure =
        new RunFailure(
            RunFailure.Kind.INTERNAL,
            "webapp",
            "cannot ask relay root: java.lang.IllegalStateException: a defect");
    assertThat(events).containsExactly(new RunEvent.Failed(NODE, failure));
    assertThat(scripted.wasAsked()).isFalse();
  }

  @Test
  void isGivenUpWhenItSaysNothing() {
    List<RunEvent> events = run(Optional::empty, SHORT, LONG).toStream().toList();
    assertThat(events).hasSize(1);
    assertTimeout(events.getLast(), "said nothing for 200 ms");
  }

  @Test
  void isToldToStopWhatTheDeadlineFindsRunning() throws Exception {
    var run = run(Optional::empty, LONG, SHORT);
    ScriptedRelay.Asked first = scripted.asked();
    ScriptedRelay.Asked second = scripted.asked();
    // On a busy machine the deadline may have passed before the relay was asked.
    boolean inOrder = first.path().endsWith("/nodes");
    ScriptedRelay.Asked asked = inOrder ? first : second;
    ScriptedRelay.Asked cancel = inOrder ? second : first;
    asked.says(OUTPUT);
    assertThat(cancel.path()).endsWith("/remote-run/runs/" + asked.header("X-Run-Id"));
    cancel.end();
    RunFailure stopped =
        new RunFailure(RunFailure.Kind.STOPPED, "node n1", "the agent was stopped");
    asked.says(new RunEvent.Failed(NODE, stopped)).end();
    RunFailure failure = ((RunEvent.Failed) run.toStream().toList().getLast()).failure();
    assertThat(failure.kind()).isEqualTo(RunFailure.Kind.TIMEOUT);
    assertThat(failure.hop()).isEqualTo("node n1");
    assertThat(failure.reason()).isEqualTo("the run's deadline has passed: the agent was stopped");
  }

  /** Two connections: nothing says either which of the answers comes first. */
  @Test
  void isToldAgainToStopARunThatItDidNotKnowWhenItWasTold() {
    Sinks.Empty<Void> told = Sinks.empty();
    Sinks.Empty<Void> begun = Sinks.empty();
    Sinks.Empty<Void> toldAgain = Sinks.empty();
    RunEvent started = new RunEvent.Started(NODE, "agent");
    RunEvent stopped =
        new RunEvent.Failed(
            NODE, new RunFailure(RunFailure.Kind.STOPPED, "node n1", "the agent was stopped"));
    DisposableServer slow =
        HttpServer.create()
            .host("127.0.0.1")
            .port(0)
            .handle(
                (request, response) -> {
                  if (!request.method().equals(HttpMethod.DELETE)) {
                    return told.asMono()
                        .thenMany(
                            response
                                .header("Content-Type", RunEventStream.MEDIA_TYPE)
                                .header("X-Run-Id", "id")
                                .sendByteArray(
                                    Flux.just(started)
                                        .concatWith(toldAgain.asMono().thenReturn(stopped))
                                        .map(RunEventStream::encode)));
                  }
                  return told.tryEmitEmpty().isSuccess()
                      ? begun.asMono().thenEmpty(response.status(404).send())
                      : response.send().then(Mono.fromRunnable(toldAgain::tryEmitEmpty));
                })
            .bindNow();
    try {
      List<RunEvent> events =
          cancelledAtOnce(slow)
              .doOnNext(first -> begun.tryEmitEmpty())
              .collectList()
              .blockOptional(LONG)
              .orElseThrow();
      assertThat(events).containsExactly(started, stopped);
    } finally {
      slow.disposeNow();
    }
  }

  /** Two connections: nothing says which of them the relay accepts first. */
  @Test
  void isToldAgainToStopARunThatItHearsOfTooLate() {
    Sinks.Many<String> deletes = Sinks.many().replay().all();
    AtomicBoolean knows = new AtomicBoolean();
    RunFailure stopped =
        new RunFailure(RunFailure.Kind.STOPPED, "node n1", "the agent was stopped");
    DisposableServer slow =
        HttpServer.create()
            .host("127.0.0.1")
            .port(0)
            .handle(
                (request, response) -> {
                  if (request.method().equals(HttpMethod.DELETE)) {
                    int status = knows.get() ? 200 : 404;
                    // If it has been asked for the run already, it knows that from here on.
                    deletes.emitNext(request.path(), Sinks.EmitFailureHandler.FAIL_FAST);
                    return response.status(status).send();
                  }
                  return deletes
                      .asFlux()
                      .next()
                      .doOnNext(first -> knows.set(true))
                      .thenMany(
                          response
                              .header("Content-Type", RunEventStream.MEDIA_TYPE)
                              .header("X-Run-Id", "id")
                              .sendByteArray(
                                  deletes
                                      .asFlux()
                                      .skip(1)
                                      .next()
                                      .map(again -> new RunEvent.Failed(NODE, stopped))
                                      .map(RunEventStream::encode)));
                })
            .bindNow();
    try {
      List<RunEvent> events = cancelledAtOnce(slow).collectList().blockOptional(LONG).orElseThrow();
      assertThat(events).containsExactly(new RunEvent.Failed(NODE, stopped));
    } finally {
      slow.disposeNow();
    }
  }

  private static void assertTimeout(RunEvent last, String reason) {
    assertThat(last).isInstanceOf(RunEvent.Failed.class);
    RunFailure failure = ((RunEvent.Failed) last).failure();
    assertThat(failure.kind()).isEqualTo(RunFailure.Kind.TIMEOUT);
    assertThat(failure.hop()).isEqualTo("webapp");
    assertThat(failure.reason()).contains(reason);
  }

  /** Starts at once. */
  private Flux<RunEvent> run(Callable<Optional<String>> token, Duration silence, Duration run) {
    RunRequest request =
        new RunRequest(RunId.random(), RunTarget.node(NODE), List.of(), false, true);
    return new RootRelay(scripted.url(), token, new RootRelay.Deadlines(LONG, silence))
        .run(request, List.of(NODE), Instant.now().plus(run), Mono.never())
        .replay()
        .autoConnect(0);
  }

  private static Flux<RunEvent> cancelledAtOnce(DisposableServer relay) {
    RunRequest request =
        new RunRequest(RunId.random(), RunTarget.node(NODE), List.of(), false, true);
    URI url = URI.create("http://127.0.0.1:" + relay.port() + "/rudder/relay-api/1");
    return new RootRelay(url, Optional::empty, new RootRelay.Deadlines(LONG, LONG))
        .run(request, List.of(NODE), Instant.now().plus(LONG), Mono.empty());
  }
}
