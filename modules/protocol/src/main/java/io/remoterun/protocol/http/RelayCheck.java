package io.remoterun.protocol.http;

import io.netty.handler.codec.http.HttpHeaders;
import io.remoterun.protocol.check.CheckJson;
import io.remoterun.protocol.check.CheckStep;
import io.remoterun.protocol.check.CheckStep.Step;
import io.remoterun.protocol.check.ConnectionCheck;
import io.remoterun.protocol.run.NodeId;
import io.remoterun.protocol.run.RunFailure.Kind;
import java.io.ByteArrayOutputStream;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeoutException;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import reactor.core.publisher.Mono;
import reactor.netty.ByteBufFlux;
import reactor.netty.http.client.HttpClient;
import reactor.netty.http.client.HttpClientResponse;

/** Looks at the way to a relay, and asks it how its own way to a node is. For one subscriber. */
final class RelayCheck {
  private static final int MOST_BYTES_OF_ANSWER = 1 << 20;

  private final RelayClient.Peer relay;
  private final HttpClient http;
  private final NodeId node;
  private final List<NodeId> path;
  private final ConnectionCheck way;

  RelayCheck(RelayClient.Peer relay, HttpClient http, NodeId node, List<NodeId> path) {
    this.relay = relay;
    this.node = node;
    this.path = path;
    this.way =
        new ConnectionCheck(relay.hop(), relay.name(), "https".equals(relay.base().getScheme()));
    this.http = way.watch(http).doOnConnected(way::secured).headers(this::setHeaders);
  }

  private void setHeaders(HttpHeaders headers) {
    if (!path.isEmpty()) {
      headers.set(
          RunForm.PATH_HEADER,
          path.stream().map(NodeId::toString).collect(Collectors.joining(",")));
    }
  }

  Mono<List<CheckStep>> steps(Duration silence) {
    return http.post()
        .uri(relay.base() + "/remote-run/nodes/" + node + "/check")
        .response(this::answer)
        .next()
        .timeout(silence, Mono.error(() -> new TimeoutException("no answer in " + silence)))
        .onErrorResume(this::failed);
  }

  private Mono<List<CheckStep>> answer(HttpClientResponse response, ByteBufFlux body) {
    return body.asByteArray()
        .reduceWith(ByteArrayOutputStream::new, RelayCheck::joined)
        .map(whole -> told(response.status().code(), whole.toByteArray()));
  }

  private static ByteArrayOutputStream joined(ByteArrayOutputStream whole, byte[] piece) {
    if (whole.size() > MOST_BYTES_OF_ANSWER) {
      throw new RelayException(Kind.PROTOCOL, "answered a check with more than anybody can read");
    }
    whole.writeBytes(piece);
    return whole;
  }

  private List<CheckStep> told(int status, byte[] body) {
    if (status == 404) {
      way.unknown(
          Step.ACCESS,
          "answers, but knows no checks: it is Rudder's relayd, or has remote run switched off; a"
              + " run tells more");
      return way.steps();
    }
    if (status != 200) {
      throw RelayException.refused(status, body, Kind.RELAY);
    }
    List<CheckStep> below;
    try {
      below = CheckJson.decode(body);
    } catch (IllegalArgumentException e) {
      throw new RelayException(Kind.PROTOCOL, "answered a check with " + e.getMessage());
    }
    way.ok(Step.ACCESS, "answers");
    return Stream.concat(way.steps().stream(), below.stream()).toList();
  }

  private Mono<List<CheckStep>> failed(Throwable error) {
    way.failed(relay.failureOf(error));
    return Mono.just(way.steps());
  }
}
