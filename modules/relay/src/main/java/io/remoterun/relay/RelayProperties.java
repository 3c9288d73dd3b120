package io.remoterun.relay;

import io.remoterun.protocol.http.OutputFormat;
import io.remoterun.protocol.keys.KeyHash;
import io.remoterun.protocol.run.NodeId;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;

/**
 * The relay's settings, documented one by one in {@code config/relay.yml}.
 *
 * @param id the relay's own node id; null: it is in the id file
 * @param idFile where Rudder has written it down
 * @param enabled whether runs can be asked for; if not, those paths do not exist
 * @param reloadOnHangup whether SIGHUP means to read node list and certificates again
 * @param nodesListFile what is below it, itself included
 * @param nodesCertsFile the certificates of those nodes; may be missing
 * @param keys folder of its own key pair, and of the public keys that it trusts
 * @param http listener for programs on the same machine
 * @param https listener for the relay above
 * @param httpsPort where relays below are asked
 * @param httpsIdleTimeout after which a connection between relays that nobody uses is closed
 * @param peerAuthentication how relays below prove who they are
 * @param caPath PEM of the authorities that sign certificates, for {@code cert_validation}; null:
 *     those that Java trusts
 * @param nodePort where nodes are triggered
 * @param addresses where single nodes and relays are reached, where it is not at their host name
 * @param transport how nodes are triggered, but for those of which {@code addresses} says it
 * @param command what triggers nodes where that is the transport
 * @param unknownKeys what a node's key is worth when none is known for that node
 * @param storedKeys folder of the keys that were stored when their nodes were first used
 * @param user whom the relay poses as to a node
 * @param nodesAtOnce how many own nodes one run triggers at a time
 * @param connections how many own nodes all runs together trigger at a time
 * @param handshakesAtOnce with how many nodes TLS is agreed on at a time
 * @param runsAtOnce further ones are refused
 * @param output how a caller that asks for output in plain bytes gets it, unless it says so itself
 * @param maxLine of a longer line, an agent's output is passed on in pieces of that size
 * @param runs which runs are known by their ids
 * @param deadlines the longest waits
 * @param traces who records them
 */
@ConfigurationProperties(prefix = "remote-run.relay", ignoreUnknownFields = false)
public record RelayProperties(
    @Nullable String id,
    @DefaultValue("/opt/rudder/etc/uuid.hive") Path idFile,
    @DefaultValue("true") boolean enabled,
    @DefaultValue("true") boolean reloadOnHangup,
    @DefaultValue("/var/rudder/lib/relay/nodeslist.json") Path nodesListFile,
    @DefaultValue("/var/rudder/lib/ssl/shared/allnodescerts.pem") Path nodesCertsFile,
    @DefaultValue("/var/rudder/cfengine-community/ppkeys") Path keys,
    @DefaultValue Http http,
    @DefaultValue Https https,
    @DefaultValue("443") int httpsPort,
    @DefaultValue("2s") Duration httpsIdleTimeout,
    @DefaultValue("cert_pinning") PeerAuthentication peerAuthentication,
    @Nullable Path caPath,
    @DefaultValue("5309") int nodePort,
    @DefaultValue Map<String, Addresses> addresses,
    @DefaultValue("cfengine") Transport transport,
    @DefaultValue Command command,
    @DefaultValue("refuse") UnknownKeys unknownKeys,
    @DefaultValue("/var/rudder/lib/relay/node-keys") Path storedKeys,
    @DefaultValue("root") String user,
    @DefaultValue("1000") int nodesAtOnce,
    @DefaultValue("2000") int connections,
    @DefaultValue("16") int handshakesAtOnce,
    @DefaultValue("100") int runsAtOnce,
    @DefaultValue("raw") OutputFormat output,
    @DefaultValue("64KB") DataSize maxLine,
    @DefaultValue KeptRuns runs,
    @DefaultValue Deadlines deadlines,
    @DefaultValue Traces traces) {

  private static final DataSize MOST_OF_LINE = DataSize.ofKilobytes(128);

  /** How a relay below proves who it is; the names are relayd's. */
  public enum PeerAuthentication {
    CERT_PINNING,
    CERT_VALIDATION,
    DANGEROUS_NONE
  }

  /** How programs on the same machine prove that they may ask. */
  public enum Authentication {
    TOKEN,
    NONE
  }

  /**
   * @param tokenFile made with a random token where it is missing
   */
  public record Http(
      @DefaultValue("127.0.0.1:3030") HostAndPort listen,
      @DefaultValue("token") Authentication authentication,
      @DefaultValue("/var/rudder/run/relay-token") Path tokenFile) {
    public Http {
      require(
          authentication == Authentication.TOKEN || listen.isLoopback(),
          "http.authentication can be none only where http.listen is an address of this machine's"
              + " own, such as 127.0.0.1:3030: anybody who reaches "
              + listen
              + " could trigger agents");
    }
  }

  /**
   * @param listen none where no relay above asks this one
   * @param clients key hashes of callers that are let in, beside the policy server's own keys
   * @param certificate that this relay shows to others, PEM; null: one is made from its own key
   * @param key of the certificate, PEM; null: its own
   */
  public record Https(
      @Nullable HostAndPort listen,
      @DefaultValue List<String> clients,
      @Nullable Path certificate,
      @Nullable Path key) {
    public Https {
      require(
          key == null || certificate != null,
          "https.key is of no use without https.certificate, the certificate of that key");
      clients = List.copyOf(clients);
      for (String client : clients) {
        require(
            KeyHash.parse(client).isPresent(),
            "https.clients has an entry without a hash: " + client);
      }
    }
  }

  /**
   * @param node where its agent is triggered
   * @param https where it is asked, as a relay
   * @param transport how its agent is triggered; null: as those of all others
   */
  public record Addresses(
      @Nullable HostAndPort node, @Nullable HostAndPort https, @Nullable Transport transport) {}

  /** What is done with the key of a node of which none is known. */
  public enum UnknownKeys {
    REFUSE,
    /** It is stored, and is the node's from then on. */
    STORE
  }

  /** How nodes are triggered. */
  public enum Transport {
    /** By CFEngine's protocol. */
    CFENGINE,
    /** By a command, as Rudder's relayd does it. */
    COMMAND
  }

  /**
   * @param sudo whether it is run by sudo
   * @param hostsAtOnce how many hosts one command is given; 0: as many as there is room for
   * @param commandsAtOnce how many commands of one run go on at a time
   */
  public record Command(
      @DefaultValue("/opt/rudder/bin/rudder") String program,
      @DefaultValue("true") boolean sudo,
      @DefaultValue("0") int hostsAtOnce,
      @DefaultValue("10") int commandsAtOnce) {
    public Command {
      require(!program.isBlank(), "command.program must not be empty");
      require(hostsAtOnce >= 0, "command.hosts-at-once must not be negative");
      require(commandsAtOnce > 0, "command.commands-at-once must be at least 1");
    }
  }

  /**
   * @param folder none: runs are in memory only, and forgotten with the process
   * @param keep how long a run is known after its end
   * @param most how many are known; of more, those that have ended are forgotten first
   * @param output how much of one run's output is kept
   * @param outputOfNode how much of it of one node
   * @param memory for the output of all runs
   * @param disk for the output of all runs
   */
  public record KeptRuns(
      @Nullable Path folder,
      @DefaultValue("1h") Duration keep,
      @DefaultValue("1000") int most,
      @DefaultValue("64MB") DataSize output,
      @DefaultValue("16MB") DataSize outputOfNode,
      @DefaultValue("64MB") DataSize memory,
      @DefaultValue("1GB") DataSize disk) {
    public KeptRuns {
      require(!keep.isNegative(), "runs.keep must not be negative");
      require(most > 0, "runs.most must be at least 1, and is " + most);
      require(
          Stream.of(output, outputOfNode, memory, disk).allMatch(size -> size.toBytes() >= 0),
          "runs.output, output-of-node, memory and disk must not be negative");
    }
  }

  /**
   * @param connect until a node or relay accepts the connection
   * @param handshake until TLS is agreed on
   * @param answer until a node has answered in its protocol, each time
   * @param nodeSilence of an agent that runs
   * @param cancel for a node to stop its agent when it is asked to
   * @param nodeRun for the run of one node
   * @param silence for a relay below, which sends heartbeats, to say nothing
   * @param run for a run as a whole
   * @param heartbeat after which this relay tells the one above that it is still there
   * @param shutdown for runs to end when this relay is stopped, before they are interrupted
   */
  public record Deadlines(
      @DefaultValue("5s") Duration connect,
      @DefaultValue("5s") Duration handshake,
      @DefaultValue("30s") Duration answer,
      @DefaultValue("15m") Duration nodeSilence,
      @DefaultValue("10s") Duration cancel,
      @DefaultValue("65m") Duration nodeRun,
      @DefaultValue("60s") Duration silence,
      @DefaultValue("90m") Duration run,
      @DefaultValue("15s") Duration heartbeat,
      @DefaultValue("20s") Duration shutdown) {
    public Deadlines {
      List<Duration> all =
          List.of(
              connect, handshake, answer, nodeSilence, cancel, nodeRun, silence, run, heartbeat);
      for (Duration deadline : all) {
        require(deadline.isPositive(), "deadlines must all be more than 0");
      }
      require(!shutdown.isNegative(), "deadlines.shutdown must not be negative");
    }
  }

  /**
   * @param endpoint of an OpenTelemetry collector (OTLP over HTTP); null: nothing is recorded
   * @param sample which share of the traces that begin here, 0 to 1
   */
  public record Traces(@Nullable URI endpoint, @DefaultValue("1") double sample) {
    public Traces {
      require(sample >= 0 && sample <= 1, "traces.sample must be 0 to 1, and is " + sample);
    }
  }

  public RelayProperties {
    if (id != null) {
      new NodeId(id);
    }
    addresses = Map.copyOf(addresses);
    addresses.keySet().forEach(NodeId::new);
    require(isPort(httpsPort), "https-port must be 1 to 65535, and is " + httpsPort);
    require(httpsIdleTimeout.isPositive(), "https-idle-timeout must be more than 0");
    require(isPort(nodePort), "node-port must be 1 to 65535, and is " + nodePort);
    require(nodesAtOnce > 0, "nodes-at-once must be at least 1, and is " + nodesAtOnce);
    require(connections > 0, "connections must be at least 1, and is " + connections);
    require(
        handshakesAtOnce > 0, "handshakes-at-once must be at least 1, and is " + handshakesAtOnce);
    require(runsAtOnce > 0, "runs-at-once must be at least 1, and is " + runsAtOnce);
    require(
        maxLine.toBytes() > 0 && maxLine.compareTo(MOST_OF_LINE) <= 0,
        "max-line must be 1B to 128KB, and is " + maxLine);
  }

  Optional<Addresses> addressesOf(NodeId node) {
    return Optional.ofNullable(addresses.get(node.value()));
  }

  private static boolean isPort(int port) {
    return port > 0 && port <= 65535;
  }

  private static void require(boolean condition, String message) {
    if (!condition) {
      throw new IllegalArgumentException("remote-run.relay." + message);
    }
  }
}
