package io.remoterun.relay;

import io.netty.handler.ssl.SslContext;
import io.remoterun.protocol.keys.KeyHash;
import io.remoterun.protocol.keys.Tls;
import io.remoterun.protocol.nodelist.NodeEntry;
import io.remoterun.relay.RelayProperties.Addresses;
import io.remoterun.relay.RelayProperties.Authentication;
import io.remoterun.relay.RelayProperties.Deadlines;
import io.remoterun.relay.RelayProperties.Http;
import io.remoterun.relay.api.BearerToken;
import io.remoterun.relay.api.RelayServers;
import io.remoterun.relay.api.RelayServers.Listener;
import io.remoterun.relay.api.RemoteRunController;
import io.remoterun.relay.api.RunAnswer;
import io.remoterun.relay.subrelay.SubRelays;
import io.remoterun.relay.transport.CfengineTransport;
import io.remoterun.relay.transport.Transports;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
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
  Transports relayTransports(RelayProperties settings, RelaySelf self) {
    Deadlines deadlines = settings.deadlines();
    CfengineTransport.Settings transport =
        new CfengineTransport.Settings(
            "relay " + self.id(),
            settings.user(),
            Math.toIntExact(settings.maxLine().toBytes()),
            new CfengineTransport.Deadlines(
                deadlines.connect(),
                deadlines.handshake(),
                deadlines.answer(),
                deadlines.nodeSilence(),
                deadlines.nodeRun()));
    return Transports.only(
        new CfengineTransport(
            transport,
            self.key(),
            node -> address(settings, node, Addresses::node, settings.nodePort()),
            node -> CfengineTransport.expectedKeys(node, self.fleet().get().certificates())));
  }

  @Bean(destroyMethod = "stop")
  RemoteRun relayRuns(RelayProperties settings, RelaySelf self, Transports transports) {
    Deadlines deadlines = settings.deadlines();
    SubRelays subRelays =
        new SubRelays(
            self.id(),
            self.key(),
            relay -> address(settings, relay, Addresses::https, settings.httpsPort()),
            new SubRelays.Deadlines(
                deadlines.connect(), deadlines.handshake(), deadlines.silence()));
    RemoteRun.Limits limits =
        new RemoteRun.Limits(
            settings.nodesAtOnce(),
            settings.runsAtOnce(),
            settings.outputLimit().toBytes(),
            deadlines.run());
    return new RemoteRun(self.id(), self.fleet()::get, transports, subRelays, limits, self.log());
  }

  @Bean
  RelayServers relayServers(RelayProperties settings, RelaySelf self, RemoteRun runs)
      throws IOException {
    RunAnswer answers = new RunAnswer(self.id(), settings.deadlines().heartbeat());
    RemoteRunController api = new RemoteRunController(runs, answers, self.log());
    return new RelayServers(
        http(settings.http(), api, self.log()), https(settings, self, api), self.log());
  }

  private static Listener http(Http settings, RemoteRunController api, Logger log)
      throws IOException {
    if (settings.authentication() == Authentication.NONE) {
      log.warn(
          "every user of this machine can trigger agents through {}:"
              + " remote-run.relay.http.authentication is none",
          settings.listen());
    } else if (!settings.listen().isLoopback()) {
      log.warn(
          "the token can be read on its way to {}: let remote-run.relay.http.listen be an address"
              + " of this machine's own, and use HTTPS from others",
          settings.listen());
    }
    return new Listener(
        "remote-run.relay.http.listen",
        settings.listen().address(),
        Optional.empty(),
        settings.authentication() == Authentication.NONE
            ? api.routes()
            : api.routes(BearerToken.madeIfMissing(settings.tokenFile())));
  }

  private static Optional<Listener> https(
      RelayProperties settings, RelaySelf self, RemoteRunController api) {
    @Nullable HostAndPort listen = settings.https().listen();
    if (listen == null) {
      return Optional.empty();
    }
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
    SslContext tls = Tls.server(self.key(), self.key().certificateOf(self.id()), callers);
    return Optional.of(
        new Listener(
            "remote-run.relay.https.listen", listen.address(), Optional.of(tls), api.routes()));
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
