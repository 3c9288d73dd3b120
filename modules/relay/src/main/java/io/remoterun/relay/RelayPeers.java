package io.remoterun.relay;

import io.remoterun.operations.trace.Tracing;
import io.remoterun.relay.RelayProperties.Addresses;
import io.remoterun.relay.RelayProperties.Deadlines;
import io.remoterun.relay.subrelay.PeerTls;
import io.remoterun.relay.subrelay.SubRelays;
import java.io.IOException;

/** How relays below are asked, and how they prove who they are. */
final class RelayPeers {
  private RelayPeers() {}

  /**
   * @throws IOException when the authorities' file cannot be used
   */
  static SubRelays of(RelayProperties settings, RelaySelf self, Tracing tracing)
      throws IOException {
    Deadlines deadlines = settings.deadlines();
    return new SubRelays(
        self.id(),
        tls(settings, self),
        relay ->
            RelayConfiguration.address(settings, relay, Addresses::https, settings.httpsPort()),
        new SubRelays.Deadlines(deadlines.connect(), deadlines.handshake(), deadlines.silence()),
        tracing);
  }

  private static PeerTls tls(RelayProperties settings, RelaySelf self) throws IOException {
    return switch (settings.peerAuthentication()) {
      case CERT_PINNING -> PeerTls.pinned(self.certificate());
      case CERT_VALIDATION -> PeerTls.validated(self.certificate(), settings.caPath());
      case DANGEROUS_NONE -> {
        self.log()
            .warn(
                "relays below are not asked who they are, and anybody at their addresses gets the"
                    + " runs: remote-run.relay.peer-authentication is dangerous_none");
        yield PeerTls.unchecked(self.certificate());
      }
    };
  }
}
