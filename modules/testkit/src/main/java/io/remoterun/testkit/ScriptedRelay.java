package io.remoterun.testkit;

import io.netty.handler.codec.http.HttpHeaders;
import io.remoterun.protocol.log.RunEventStream;
import io.remoterun.protocol.run.RunEvent;
import io.remoterun.testing.Eventually;
import java.net.InetSocketAddress;
import java.net.URI;
import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import reactor.netty.DisposableServer;
import reactor.netty.http.server.HttpServer;
import reactor.netty.http.server.HttpServerRequest;
import reactor.netty.http.server.HttpServerResponse;
import reactor.netty.resources.LoopResources;

/** A relay on a free port that says, event by event, what the test tells it to. */
public final class ScriptedRelay implements AutoCloseable {
  /** Without any, Netty would forget a connection that comes at the very end. */
  private static final Duration QUIET = Duration.ofMillis(50);

  private final BlockingQueue<Asked> asked = new LinkedBlockingQueue<>();

  /** Its own: the webapp that a test stops takes the common ones with it. */
  private final LoopResources loops = LoopResources.create("scripted-relay", 1, true);

  private final DisposableServer server =
      HttpServer.create().runOn(loops).host("127.0.0.1").port(0).handle(this::answer).bindNow();
  private volatile int status = 200;

  /** A request, and the answer to it, which goes on until {@link #end}. */
  public static final class Asked {
    private final Sinks.Many<byte[]> answer = Sinks.many().unicast().onBackpressureBuffer();
    private final String path;
    private final HttpHeaders headers;
    private final String form;

    private Asked(String path, HttpHeaders headers, String form) {
      this.path = path;
      this.headers = headers;
      this.form = form;
    }

    public String path() {
      return path;
    }

    public String form() {
      return form;
    }

    public @Nullable String header(String name) {
      return headers.get(name);
    }

    public Asked says(RunEvent event) {
      answer.emitNext(RunEventStream.encode(event), Sinks.EmitFailureHandler.FAIL_FAST);
      return this;
    }

    public void end() {
      answer.emitComplete(Sinks.EmitFailureHandler.FAIL_FAST);
    }
  }

  public URI url() {
    InetSocketAddress address = (InetSocketAddress) server.address();
    return URI.create("http://127.0.0.1:" + address.getPort() + "/rudder/relay-api/1");
  }

  /** The next request that comes. */
  public Asked asked() throws InterruptedException {
    Asked next = asked.poll(Eventually.DEADLINE.toSeconds(), TimeUnit.SECONDS);
    if (next == null) {
      throw new AssertionError("the relay was not asked");
    }
    return next;
  }

  public boolean wasAsked() {
    return !asked.isEmpty();
  }

  /** Answers from now on have this HTTP status and no events. */
  public void refuseWith(int status) {
    this.status = status;
  }

  public void reset() {
    status = 200;
    asked.clear();
  }

  @Override
  public void close() {
    server.disposeNow();
    loops.disposeLater(QUIET, Eventually.DEADLINE).block();
  }

  private Publisher<Void> answer(HttpServerRequest request, HttpServerResponse response) {
    return request
        .receive()
        .aggregate()
        .asString()
        .defaultIfEmpty("")
        .flatMap(form -> answer(request, form, response));
  }

  private Mono<Void> answer(HttpServerRequest request, String form, HttpServerResponse response) {
    if (status != 200) {
      return response.status(status).sendString(Mono.just("no")).then();
    }
    Asked next = new Asked(request.fullPath(), request.requestHeaders(), form);
    asked.add(next);
    return response
        .header("Content-Type", RunEventStream.MEDIA_TYPE)
        .sendByteArray(next.answer.asFlux())
        .then();
  }
}
