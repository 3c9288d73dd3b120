package io.remoterun.protocol.http;

import io.remoterun.protocol.run.NodeId;
import io.remoterun.protocol.run.RunEvent;
import io.remoterun.protocol.run.RunRequest;
import java.net.URI;
import java.util.List;
import reactor.core.publisher.Flux;
import reactor.netty.http.client.HttpClient;

/** Asks a relay for a run. The one client of the relay's HTTP API, used by webapp and relays. */
public final class RelayClient {

  /**
   * @param http with TLS, token header and connect time-out already set
   * @param base up to and including {@code /rudder/relay-api/1} or {@code /rudder/relay-api}
   * @param hop who asks, for failures, such as {@code webapp} or {@code relay root}
   * @param relay who is asked, for failures, such as {@code relay root}
   */
  public RelayClient(HttpClient http, URI base, String hop, String relay) {
    throw new UnsupportedOperationException();
  }

  /**
   * Never fails: what goes wrong is a {@code Failed} event for each expected node that has no
   * terminal event yet. Every expected node ends in exactly one terminal event.
   */
  public Flux<RunEvent> run(RunRequest request, List<NodeId> expected) {
    return Flux.error(new UnsupportedOperationException());
  }
}
