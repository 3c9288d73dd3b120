package io.remoterun.protocol.http;

import io.netty.handler.codec.http.HttpHeaderNames;
import io.remoterun.protocol.BuildVersion;
import io.remoterun.protocol.check.CheckStep;
import io.remoterun.protocol.log.EveryNodeEnds;
import io.remoterun.protocol.run.NodeId;
import io.remoterun.protocol.run.RunEvent;
import io.remoterun.protocol.run.RunFailure;
import io.remoterun.protocol.run.RunFailure.Kind;
import io.remoterun.protocol.run.RunRequest;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.netty.http.client.HttpClient;

/**
 * Asks a relay for a run. The one client of the relay's HTTP API, used by webapp and relays.
 *
 * <p>A connection that is lost is made again, and the run goes on after the last event that came;
 * of what the relay has dropped meanwhile there is a gap. A relay that knows nothing of runs, such
 * as Rudder's relayd, is not asked twice, because that would run the agents twice.
 *
 * <p>Unsubscribing closes the connection and leaves the run alone. A reader has to take events as
 * they come, as a run log does: the deadline for the relay's silence cannot tell who is slow.
 */
public final class RelayClient {
  /** Four heartbeats of the other end. */
  public static final Duration SILENCE = Heartbeats.EVERY.multipliedBy(4);

  /**
   * A relay without heartbeats, such as relayd, is as silent as its agents: so many times longer.
   */
  static final int LONGER_WITHOUT_HEARTBEATS = 15;

  private final HttpClient http;
  private final Peer relay;
  private final Duration silence;
  private final EveryNodeEnds everyNodeEnds;
  private final Logger log;

  /**
   * The relay, as failures name it.
   *
   * @param hop who asks
   * @param name who is asked, with its address
   */
  record Peer(String hop, String name, URI base) {
    RunFailure failureOf(Throwable error) {
      return RelayFailures.of(error, hop, name);
    }
  }

  /** With the silence that is usual. */
  public RelayClient(HttpClient http, URI base, String hop, String relay) {
    this(http, base, hop, relay, SILENCE);
  }

  /**
   * @param http with TLS, token header and connect time-out already set, as many connections as
   *     there may be runs at once, and no response time-out, which would end quiet runs
   * @param base up to and including {@code /rudder/relay-api/1} or {@code /rudder/relay-api}
   * @param hop who asks, for failures, such as {@code webapp} or {@code relay root}; what is to be
   *     logged goes to the logger of that name, such as {@code remote-run.relay.root}
   * @param relay who is asked, for failures, such as {@code relay root}
   * @param silence after which the relay is given up: no event and no heartbeat, and no connection
   *     where there was one; a relay that sends no heartbeats may be silent for 15 times as long
   */
  public RelayClient(HttpClient http, URI base, String hop, String relay, Duration silence) {
    this.http =
        http.headers(headers -> headers.set(HttpHeaderNames.USER_AGENT, BuildVersion.userAgent()));
    this.relay = new Peer(hop, relay + " at " + base.getAuthority(), base);
    this.silence = silence;
    this.log = LoggerFactory.getLogger("remote-run." + hop.replace(' ', '.'));
    this.everyNodeEnds =
        new EveryNodeEnds(this.relay.name(), log, this.relay::failureOf, this::endedEarly);
  }

  /** A run that nobody cancels, asked for by whom it began with. */
  public Flux<RunEvent> run(RunRequest request, List<NodeId> expected) {
    return run(request, expected, List.of(), Mono.never());
  }

  /**
   * Asks when subscribed to, and follows the run to its end, whether or not the request is
   * asynchronous: who wants to hear how each run ends has to wait for it. Never fails: what goes
   * wrong is a {@code Failed} event for each expected node that has no terminal event yet. Every
   * expected node ends in exactly one terminal event. Events of other nodes are dropped, and said
   * in the log.
   *
   * @param expected the nodes that the request is for; none, and nothing is asked
   * @param path the relays that the request has come through, the asking one being the last
   * @param cancel completes when the agents shall be stopped: the relay is told so, and each node
   *     that is left ends in a failure of kind {@code STOPPED} or {@code UNCONFIRMED}
   */
  public Flux<RunEvent> run(
      RunRequest request, List<NodeId> expected, List<NodeId> path, Mono<Void> cancel) {
    return follow(request, expected, path, false, cancel);
  }

  /**
   * The same for a run that this program has begun before it was restarted: all its events from the
   * first on. Begins nothing: a run that the relay does not know any more ends as {@code
   * INTERRUPTED}.
   *
   * @param request the same as it was
   */
  public Flux<RunEvent> attach(RunRequest request, List<NodeId> expected, Mono<Void> cancel) {
    return follow(request, expected, List.of(), true, cancel);
  }

  /**
   * Looks, step by step, at the way to the relay, and then at the relay's own way to the node. Runs
   * nothing. Never fails: the step that went wrong is the last one.
   *
   * @param path the relays that have been asked, the asking one being the last
   */
  public Mono<List<CheckStep>> check(NodeId node, List<NodeId> path) {
    return Mono.defer(() -> new RelayCheck(relay, http, node, path).steps(silence));
  }

  private Flux<RunEvent> follow(
      RunRequest request,
      List<NodeId> expected,
      List<NodeId> path,
      boolean hasBegun,
      Mono<Void> cancel) {
    Flux<RunEvent> events =
        Flux.defer(
            () ->
                new FollowedRun(relay, http, request, expected, path, hasBegun, log)
                    .events(silence, cancel));
    return everyNodeEnds.once(events, expected);
  }

  private RunFailure endedEarly() {
    return new RunFailure(
        Kind.INTERRUPTED,
        relay.hop(),
        relay.name() + " ended its answer before the end of the run");
  }
}
