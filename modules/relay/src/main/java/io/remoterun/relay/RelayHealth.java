package io.remoterun.relay;

import io.remoterun.operations.followers.Followers;
import io.remoterun.operations.health.Finding;
import io.remoterun.operations.health.Health;
import io.remoterun.operations.health.Part;
import io.remoterun.protocol.nodelist.NodeEntry;
import io.remoterun.relay.subrelay.SubRelays;
import io.remoterun.relay.topology.Fleet;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.CertificateException;
import java.util.List;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

/** What a relay needs, and what is below it. */
final class RelayHealth {
  private static final int RELAYS_AT_ONCE = 16;

  private final RelayProperties settings;
  private final RelaySelf self;
  private final FleetReload reload;
  private final SubRelays below;

  private RelayHealth(
      RelayProperties settings, RelaySelf self, FleetReload reload, SubRelays below) {
    this.settings = settings;
    this.self = self;
    this.reload = reload;
    this.below = below;
  }

  static Health of(
      RelayProperties settings,
      RelaySelf self,
      FleetReload reload,
      SubRelays below,
      Followers followers) {
    RelayHealth health = new RelayHealth(settings, self, reload, below);
    return new Health(
        List.of(
            new Part("accepts runs", true, Mono.fromSupplier(() -> accepts(followers))),
            new Part("node list", true, Mono.fromSupplier(health::nodeList)),
            new Part("keys", true, Mono.fromCallable(health::keys)),
            new Part(
                "run folder",
                true,
                Mono.fromCallable(health::runFolder).subscribeOn(Schedulers.boundedElastic())),
            // One that is away keeps nobody else's nodes from running.
            new Part("relays below", false, Mono.defer(health::relaysBelow))));
  }

  private static Finding accepts(Followers followers) {
    return followers.isLeaving() ? Finding.down("this relay is being stopped") : Finding.up();
  }

  /** The version before goes on to count where the new one is broken. */
  private Finding nodeList() {
    int nodes = self.fleet().get().topology().size();
    return Finding.up(
        nodes + " nodes" + reload.failure().map(reason -> "; cannot reload, " + reason).orElse(""));
  }

  private Finding keys() {
    try {
      self.certificate().chain().getFirst().checkValidity();
      return Finding.up();
    } catch (CertificateException e) {
      return Finding.down("the certificate that this relay shows is not valid: " + e.getMessage());
    }
  }

  private Finding runFolder() {
    @Nullable Path folder = settings.runs().folder();
    if (folder == null) {
      return Finding.up("runs are in memory, and forgotten with the process");
    }
    try {
      Path probe = Files.createTempFile(folder, "health", ".tmp");
      try {
        Files.writeString(probe, "runs can be written");
      } finally {
        Files.delete(probe);
      }
      return Finding.up();
    } catch (IOException e) {
      return Finding.down("runs cannot be written: " + e);
    }
  }

  private Mono<Finding> relaysBelow() {
    Fleet fleet = self.fleet().get();
    List<NodeEntry> relays = fleet.topology().relays();
    return Flux.fromIterable(relays)
        .flatMap(relay -> below.whatIsWrongWith(relay, fleet), RELAYS_AT_ONCE)
        .collectSortedList()
        .map(
            wrong ->
                wrong.isEmpty()
                    ? Finding.up(relays.size() + " answer")
                    : Finding.down(String.join("; ", wrong)));
  }
}
