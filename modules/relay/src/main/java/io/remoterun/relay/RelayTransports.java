package io.remoterun.relay;

import io.remoterun.operations.trace.Tracing;
import io.remoterun.protocol.keys.StoredKeys;
import io.remoterun.protocol.run.NodeId;
import io.remoterun.relay.RelayProperties.Addresses;
import io.remoterun.relay.RelayProperties.Command;
import io.remoterun.relay.RelayProperties.Deadlines;
import io.remoterun.relay.RelayProperties.Transport;
import io.remoterun.relay.RelayProperties.UnknownKeys;
import io.remoterun.relay.transport.CfengineTransport;
import io.remoterun.relay.transport.CommandTransport;
import io.remoterun.relay.transport.NodeKeys;
import io.remoterun.relay.transport.NodeTransport;
import io.remoterun.relay.transport.TracedTransport;
import io.remoterun.relay.transport.Transports;
import java.time.Duration;

/** The transports that the settings ask for, and which node has which. */
final class RelayTransports {
  /** That much, twice, and a run that is cancelled has ended, whatever its command does. */
  private static final Duration STOP = Duration.ofSeconds(3);

  private RelayTransports() {}

  static Transports of(RelayProperties settings, RelaySelf self, Tracing tracing) {
    NodeTransport cfengine = TracedTransport.of(cfengine(settings, self), tracing);
    NodeTransport command = TracedTransport.of(command(settings, self), tracing);
    return new Transports(
        node ->
            switch (of(settings, node.id())) {
              case CFENGINE -> cfengine;
              case COMMAND -> command;
            });
  }

  private static Transport of(RelayProperties settings, NodeId node) {
    return settings.addressesOf(node).map(Addresses::transport).orElse(settings.transport());
  }

  private static NodeTransport cfengine(RelayProperties settings, RelaySelf self) {
    Deadlines deadlines = settings.deadlines();
    CfengineTransport.Settings transport =
        new CfengineTransport.Settings(
            "relay " + self.id(),
            settings.user(),
            Math.toIntExact(settings.maxLine().toBytes()),
            settings.handshakesAtOnce(),
            new CfengineTransport.Deadlines(
                deadlines.connect(),
                deadlines.handshake(),
                deadlines.answer(),
                deadlines.nodeSilence(),
                deadlines.cancel(),
                deadlines.nodeRun()));
    return new CfengineTransport(
        transport,
        self.key(),
        node -> RelayConfiguration.address(settings, node, Addresses::node, settings.nodePort()),
        new NodeKeys(
            () -> self.fleet().get().certificates(),
            new StoredKeys(settings.storedKeys()),
            settings.unknownKeys() == UnknownKeys.STORE,
            self.log()));
  }

  private static NodeTransport command(RelayProperties settings, RelaySelf self) {
    Command command = settings.command();
    return new CommandTransport(
        new CommandTransport.Settings(
            "relay " + self.id(),
            command.program(),
            command.sudo(),
            command.hostsAtOnce() == 0 ? Integer.MAX_VALUE : command.hostsAtOnce(),
            command.commandsAtOnce(),
            Math.toIntExact(settings.maxLine().toBytes()),
            new CommandTransport.Deadlines(
                settings.deadlines().nodeSilence(), settings.deadlines().nodeRun(), STOP)));
  }
}
