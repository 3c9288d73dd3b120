package io.remoterun.relay;

import io.remoterun.protocol.keys.KeyHash;
import io.remoterun.protocol.keys.Tls;
import io.remoterun.relay.RelayProperties.Authentication;
import io.remoterun.relay.RelayProperties.Http;
import io.remoterun.relay.api.BearerToken;
import io.remoterun.relay.api.RelayRoutes;
import io.remoterun.relay.api.RelayServers.Listener;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** Where the relay listens, and who is let in there. */
final class RelayListeners {
  private static final Duration HTTP_IDLE = Duration.ofSeconds(60);

  private final RelayProperties settings;
  private final RelaySelf self;
  private final RelayRoutes routes;

  RelayListeners(RelayProperties settings, RelaySelf self, RelayRoutes routes) {
    this.settings = settings;
    this.self = self;
    this.routes = routes;
  }

  /** For programs on the same machine. */
  Listener http() throws IOException {
    Http http = settings.http();
    if (http.authentication() == Authentication.NONE) {
      self.log()
          .warn(
              "every user of this machine can trigger agents through {}:"
                  + " remote-run.relay.http.authentication is none",
              http.listen());
    } else if (!http.listen().isLoopback()) {
      self.log()
          .warn(
              "the token can be read on its way to {}: let remote-run.relay.http.listen be an"
                  + " address of this machine's own, and use HTTPS from others",
              http.listen());
    }
    return new Listener(
        "remote-run.relay.http.listen",
        http.listen().address(),
        Optional.empty(),
        HTTP_IDLE,
        http.authentication() == Authentication.NONE
            ? routes.open()
            : routes.guardedBy(BearerToken.madeIfMissing(http.tokenFile())));
  }

  /** For the relay above; none where it is not wanted. */
  Optional<Listener> https() {
    return Optional.ofNullable(settings.https().listen()).map(this::https);
  }

  private Listener https(HostAndPort listen) {
    List<KeyHash> clients =
        settings.https().clients().stream().flatMap(hash -> KeyHash.parse(hash).stream()).toList();
    PinnedCallers callers = new PinnedCallers(self.fleet()::get, clients);
    if (callers.isEmpty()) {
      self.log()
          .warn(
              "nobody is admitted at {}: the policy server's key is in neither {} nor {};"
                  + " put its hash into remote-run.relay.https.clients",
              listen,
              settings.nodesCertsFile(),
              settings.nodesListFile());
    }
    return new Listener(
        "remote-run.relay.https.listen",
        listen.address(),
        Optional.of(Tls.server(self.certificate(), callers)),
        settings.httpsIdleTimeout(),
        routes.open());
  }
}
