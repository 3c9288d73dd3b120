package io.remoterun.relay;

import io.remoterun.operations.followers.Followers;
import io.remoterun.operations.health.Health;
import io.remoterun.operations.metrics.Metrics;
import io.remoterun.operations.metrics.NodesByState;
import io.remoterun.operations.trace.Tracing;
import io.remoterun.protocol.Hangup;
import io.remoterun.protocol.nodelist.NodeEntry;
import io.remoterun.protocol.run.NodeId;
import io.remoterun.relay.RelayProperties.Addresses;
import io.remoterun.relay.api.ChecksController;
import io.remoterun.relay.api.RelayRoutes;
import io.remoterun.relay.api.RelayServers;
import io.remoterun.relay.api.RemoteRunController;
import io.remoterun.relay.api.RunAnswer;
import io.remoterun.relay.api.RunsController;
import io.remoterun.relay.api.SystemController;
import io.remoterun.relay.metrics.RelayMetrics;
import io.remoterun.relay.runs.Runs;
import io.remoterun.relay.subrelay.SubRelays;
import io.remoterun.relay.transport.Transports;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Profile;

/** The relay role, part by part. */
@Configuration(proxyBeanMethods = false)
@Profile("relay")
@EnableConfigurationProperties(RelayProperties.class)
public class RelayConfiguration {

  @Bean
  RelaySelf relaySelf(RelayProperties settings) throws IOException {
    return RelaySelf.read(settings);
  }

  @Bean
  Tracing relayTracing(RelayProperties settings) {
    return Tracing.of(settings.traces().endpoint(), settings.traces().sample(), "remote-run-relay");
  }

  @Bean
  Transports relayTransports(RelayProperties settings, RelaySelf self, Tracing relayTracing) {
    return RelayTransports.of(settings, self, relayTracing);
  }

  @Bean
  FleetReload relayReload(RelayProperties settings, RelaySelf self) {
    return new FleetReload(settings, self);
  }

  @Bean
  Hangup relayHangup(RelayProperties settings, RelaySelf self, FleetReload reload) {
    return settings.reloadOnHangup()
        ? Hangup.calling(() -> reloadAsHangupSays(self, reload))
        : Hangup.notHeard();
  }

  /** The reload has logged what went wrong. */
  private static void reloadAsHangupSays(RelaySelf self, FleetReload reload) {
    self.log().info("SIGHUP asks for a reload");
    reload.reload().onErrorComplete().subscribe();
  }

  /** The first two have relayd's names. */
  @Bean
  RelayMetrics relayMetrics(RelaySelf self) {
    RelayMetrics measured = new RelayMetrics();
    Metrics metrics = measured.metrics();
    metrics.gauge(
        "rudder_relayd_managed_nodes_total",
        "Nodes of which this relay is the policy server",
        () -> self.fleet().get().topology().mine());
    metrics.gauge(
        "rudder_relayd_sub_nodes_total",
        "Nodes in this relay's node list",
        () -> self.fleet().get().topology().size());
    return measured;
  }

  @Bean
  SubRelays relaysBelow(
      RelayProperties settings, RelaySelf self, RelayMetrics metrics, Tracing relayTracing)
      throws IOException {
    SubRelays subRelays = RelayPeers.of(settings, self, relayTracing);
    subRelays
        .calls()
        .register(
            metrics.metrics(),
            RelayMetrics.ROLE,
            () -> self.fleet().get().topology().relays().size());
    return subRelays;
  }

  @Bean
  Followers relayFollowers() {
    return new Followers();
  }

  @Bean(destroyMethod = "stop")
  RemoteRun relayEngine(
      RelayProperties settings, RelaySelf self, Transports transports, SubRelays subRelays) {
    RemoteRun.Limits limits =
        new RemoteRun.Limits(
            settings.nodesAtOnce(),
            settings.connections(),
            settings.runsAtOnce(),
            settings.deadlines().run());
    return new RemoteRun(self.id(), self.fleet()::get, transports, subRelays, limits, self.log());
  }

  @Bean
  Runs relayRuns(
      RelayProperties settings,
      RelaySelf self,
      RemoteRun engine,
      RelayMetrics metrics,
      Tracing relayTracing)
      throws IOException {
    Runs.Limits limits = new Runs.Limits(settings.runs().keep(), settings.runs().most());
    RunStores stores = new RunStores(settings.runs(), self);
    Runs runs =
        new Runs(metrics.counting(TracedEngine.of(engine, relayTracing)), stores.store(), limits);
    metrics
        .metrics()
        .gauges(
            "remote_run_relay_nodes",
            "Nodes of runs that go on: waiting for their turn or their node, or running",
            "state",
            () -> NodesByState.of(runs.standing()));
    metrics
        .metrics()
        .counter(
            "remote_run_relay_output_dropped_bytes_total",
            "What agents printed and this relay did not keep, because of a bound of its logs",
            stores::droppedBytes);
    return runs;
  }

  @Bean
  RelayServers relayServers(
      RelayProperties settings,
      RelaySelf self,
      RemoteRun engine,
      Runs runs,
      FleetReload reload,
      RelayMetrics metrics,
      SubRelays below,
      Followers relayFollowers)
      throws IOException {
    Health health = RelayHealth.of(settings, self, reload, below, relayFollowers);
    Function<NodeId, String> names =
        node ->
            self.fleet().get().topology().find(node).map(NodeEntry::hostname).orElse(node.value());
    RunAnswer answers =
        new RunAnswer(
            self.id(), settings.deadlines().heartbeat(), settings.output(), names, relayFollowers);
    SystemController system =
        new SystemController(reload, metrics.metrics()::text, health, self.log());
    ChecksController checks = new ChecksController(self.id(), engine.checks(), self.log());
    RelayRoutes routes =
        new RelayRoutes(
            new RemoteRunController(self.id(), runs, answers, relayFollowers, self.log()),
            new RunsController(runs, answers, self.log()),
            checks,
            system,
            settings.enabled(),
            self.log());
    RelayListeners listeners = new RelayListeners(settings, self, routes);
    RelayServers servers = new RelayServers(listeners.http(), listeners.https(), self.log());
    metrics
        .metrics()
        .gauge(
            "remote_run_relay_connections",
            "Connections of callers that are open",
            servers::connections);
    metrics
        .metrics()
        .gauge(
            "remote_run_relay_followers",
            "Answers that tell the events or the output of a run",
            relayFollowers::count);
    return servers;
  }

  @Bean
  RelayFarewell relayFarewell(
      RelayProperties settings,
      RelaySelf self,
      Runs runs,
      RemoteRun engine,
      Followers relayFollowers) {
    return new RelayFarewell(
        runs, engine, relayFollowers, settings.deadlines().shutdown(), self.log());
  }

  /** Where a host is reached: at its name, unless the settings say otherwise. */
  static InetSocketAddress address(
      RelayProperties settings,
      NodeEntry host,
      Function<Addresses, @Nullable HostAndPort> kind,
      int port) {
    return settings
        .addressesOf(host.id())
        .map(kind)
        .map(HostAndPort::address)
        .orElseGet(() -> InetSocketAddress.createUnresolved(host.hostname(), port));
  }
}
