package io.remoterun.node;

import io.remoterun.node.access.AccessPolicy;
import io.remoterun.node.access.AdmittedAddresses;
import io.remoterun.node.access.AdmittedKeys;
import io.remoterun.node.agent.AgentLauncher;
import io.remoterun.node.agent.AgentRuns;
import io.remoterun.node.agent.AgentStart;
import io.remoterun.node.agent.DirectLauncher;
import io.remoterun.node.agent.HelperLauncher;
import io.remoterun.node.agent.JobCommands;
import io.remoterun.node.agent.SeenRuns;
import io.remoterun.node.schedule.Schedule;
import io.remoterun.protocol.keys.KeyDirectory;
import io.remoterun.protocol.run.BadRequest;
import io.remoterun.protocol.run.NodeId;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;

/**
 * The configuration of the node's role; {@code config/node.yml} is a sample. A key that it does not
 * know is an error: a rule that is misspelt would be no rule.
 *
 * @param id the node's id in Rudder. Mandatory.
 * @param listen address and port, such as {@code 0.0.0.0:5309}, which is the default, or {@code
 *     [::]:5309}; port 0 takes any that is free
 * @param keys the folder with this host's key pair and the public keys of those that are admitted:
 *     CFEngine's {@code ppkeys}. Mandatory. A pair is made where there is none.
 * @param admitKeys whose runs are accepted: {@code policy-server}; {@code MD5=...} or {@code
 *     SHA=...} of keys that are stored in {@code keys} as {@code USER-DIGEST.pub}; or {@code
 *     sha256//...}. Default: {@code policy-server}.
 * @param admitAddresses from where: addresses and networks. Default: {@code 0.0.0.0/0} and {@code
 *     ::/0}, any.
 * @param allowUsers the users that a peer may act for. Default: {@code root}.
 * @param allowConditions patterns of the conditions that may be asked for, each for a whole
 *     condition. Default: {@code force_inventory}, and what Rudder's {@code rudder remote run} adds
 *     for how much it shows: {@code info}, {@code debug}, {@code trace}. Rudder's cf-serverd has
 *     {@code .*}.
 * @param connections at once; one more is closed. Default: 50.
 * @param connectionsPerAddress of these, for one address, before they have said who they are; and
 *     how many TLS hellos a second may come from one that no relay has come from. Default: 10.
 * @param reloadOnHangup whether SIGHUP means to read the access policy again, that is {@code
 *     admit-keys}, {@code admit-addresses}, {@code allow-users} and {@code allow-conditions}.
 *     Default: true.
 * @param deadlines how long peers may take
 * @param agent what is run
 * @param schedule what is run by itself
 * @param statusSocket where the node tells how it is: a Unix socket, whose path may have 107 bytes.
 *     Default: {@code status.sock} in the folder {@code keys}.
 */
@ConfigurationProperties(prefix = NodeProperties.PREFIX_OF_ALL, ignoreUnknownFields = false)
record NodeProperties(
    @Nullable String id,
    @DefaultValue("0.0.0.0:5309") String listen,
    @Nullable Path keys,
    @DefaultValue(AdmittedKeys.POLICY_SERVER) List<String> admitKeys,
    @DefaultValue({"0.0.0.0/0", "::/0"}) List<String> admitAddresses,
    @DefaultValue("root") Set<String> allowUsers,
    @DefaultValue({"force_inventory", "info", "debug", "trace"}) List<String> allowConditions,
    @DefaultValue("50") int connections,
    @DefaultValue("10") int connectionsPerAddress,
    @DefaultValue("true") boolean reloadOnHangup,
    @DefaultValue Deadlines deadlines,
    @DefaultValue Agent agent,
    @DefaultValue ScheduleProperties schedule,
    @Nullable Path statusSocket) {
  static final String PREFIX_OF_ALL = "remote-run.node";
  private static final String PREFIX = PREFIX_OF_ALL + ".";
  private static final Pattern ADDRESS =
      Pattern.compile("(\\[[0-9a-fA-F:.]+\\]|[^:]+):([0-9]{1,5})");

  /**
   * How long peers may take; each at least a millisecond.
   *
   * @param hello from the first byte of their TLS hello to its last: most come in one piece, and
   *     one that was lost on the way comes again after some 0.3 s. Default: 600 ms.
   * @param handshake for TLS. Default: 10 s.
   * @param identification to say who they are, after TLS. Default: 10 s.
   * @param idle to ask for something, when nothing runs for them. Default: 1 min.
   * @param send to take something of what is sent to them; at most twice as long. Default: 5 min.
   * @param revocation to stay, at most, when their key was removed from the folder {@code keys}: so
   *     often it is looked at. Default: 5 s.
   */
  record Deadlines(
      @DefaultValue("600ms") Duration hello,
      @DefaultValue("10s") Duration handshake,
      @DefaultValue("10s") Duration identification,
      @DefaultValue("1m") Duration idle,
      @DefaultValue("5m") Duration send,
      @DefaultValue("5s") Duration revocation) {
    Deadlines {
      positive("deadlines.hello", hello);
      positive("deadlines.handshake", handshake);
      positive("deadlines.identification", identification);
      positive("deadlines.idle", idle);
      positive("deadlines.send", send);
      positive("deadlines.revocation", revocation);
    }
  }

  /**
   * What is run.
   *
   * @param start who starts the agent: this program, or the helper that is root. Default: direct.
   * @param helperSocket where systemd starts a helper. Default: {@code
   *     /run/remote-run-helper.sock}.
   * @param sudo the command that starts a helper without systemd. Default: {@code /usr/bin/sudo -n
   *     /usr/lib/remote-run/run-helper}.
   * @param command the program and its arguments; {@code -D} and the conditions are added. There is
   *     no shell. The helper has its own. Default: {@code /opt/rudder/bin/rudder agent run -R}.
   * @param environment variables that the agent gets besides {@code PATH} and {@code LANG=C.UTF-8},
   *     or instead of them; nothing of this program's own environment is passed on
   * @param disableFile while it is there, runs are refused. Default: {@code
   *     /opt/rudder/etc/disable-agent}.
   * @param seenRuns where the ids of the last runs are remembered, so that none runs twice, also
   *     after a restart. Default: {@code seen-runs} in the folder {@code keys}.
   * @param output how much of a run's output is kept for those that read slowly; more is dropped
   *     from its middle, and told. Default: 8 MB.
   * @param keep how long the output of a run can be asked for again by the run's id; of the last 4
   *     only. Default: 10 min.
   * @param maxDuration of an agent: one that takes longer is stopped, so that others can run.
   *     Default: 1 h.
   * @param drain how long a run waits for the end of the output when its agent has ended and left a
   *     child that holds it open. Default: 2 s.
   * @param stop how long an agent may take to end when it is stopped, before it is killed. So is
   *     one that this program has started itself when the program ends. Default: 5 s.
   */
  record Agent(
      @DefaultValue("direct") AgentStart start,
      @DefaultValue("/run/remote-run-helper.sock") Path helperSocket,
      @DefaultValue({"/usr/bin/sudo", "-n", "/usr/lib/remote-run/run-helper"}) List<String> sudo,
      @DefaultValue({"/opt/rudder/bin/rudder", "agent", "run", "-R"}) List<String> command,
      @DefaultValue Map<String, String> environment,
      @DefaultValue("/opt/rudder/etc/disable-agent") Path disableFile,
      @Nullable Path seenRuns,
      @DefaultValue("8MB") DataSize output,
      @DefaultValue("10m") Duration keep,
      @DefaultValue("1h") Duration maxDuration,
      @DefaultValue("2s") Duration drain,
      @DefaultValue("5s") Duration stop) {
    Agent {
      valid("agent.command", !command.isEmpty() && !command.getFirst().isBlank(), "has no program");
      valid("agent.sudo", sudo.size() >= 2, "must name sudo and the helper");
      valid("agent.output", output.toBytes() >= 4096, "must be at least 4096 bytes");
      positive("agent.keep", keep);
      positive("agent.max-duration", maxDuration);
      positive("agent.drain", drain);
      positive("agent.stop", stop);
    }

    AgentRuns.Limits limits() {
      return new AgentRuns.Limits(output.toBytes(), keep, maxDuration, drain, stop);
    }
  }

  NodeProperties {
    valid("id", id != null, "is missing");
    valid("keys", keys != null, "is missing");
    valid("connections", connections >= 1, "must be at least 1");
    valid("connections-per-address", connectionsPerAddress >= 1, "must be at least 1");
  }

  /** Whether they differ, if at all, in the access policy only. */
  boolean hasSameRest(NodeProperties other) {
    return withPolicyOf(other).equals(other);
  }

  /** The access policy of the other, and all else as it is here. */
  NodeProperties withPolicyOf(NodeProperties other) {
    return new NodeProperties(
        id,
        listen,
        keys,
        other.admitKeys,
        other.admitAddresses,
        other.allowUsers,
        other.allowConditions,
        connections,
        connectionsPerAddress,
        reloadOnHangup,
        deadlines,
        agent,
        schedule,
        statusSocket);
  }

  NodeId nodeId() {
    return read("id", () -> new NodeId(Objects.requireNonNull(id)));
  }

  KeyDirectory keyDirectory() {
    return new KeyDirectory(Objects.requireNonNull(keys));
  }

  Path statusSocketOrDefault() {
    return inKeys(statusSocket, "status.sock");
  }

  Schedule.Settings scheduleSettings() {
    return new Schedule.Settings(
        schedule.enabled(),
        nodeId(),
        schedule.file(),
        inKeys(schedule.lastStarts(), "last-starts"));
  }

  private Path inKeys(@Nullable Path configured, String otherwise) {
    return Objects.requireNonNullElseGet(
        configured, () -> Objects.requireNonNull(keys).resolve(otherwise));
  }

  SeenRuns seenRuns() throws IOException {
    Path file = inKeys(agent.seenRuns(), "seen-runs");
    try {
      return new SeenRuns(file);
    } catch (IOException e) {
      throw new IOException(PREFIX + "agent.seen-runs: cannot keep " + file + ": " + e, e);
    }
  }

  /** Reads the folder of keys. */
  AccessPolicy accessPolicy() {
    return new AccessPolicy(
        read("admit-keys", () -> new AdmittedKeys(admitKeys, keyDirectory())),
        read("admit-addresses", () -> new AdmittedAddresses(admitAddresses)),
        allowUsers,
        read("allow-conditions", () -> allowConditions.stream().map(Pattern::compile).toList()));
  }

  /** Of the jobs, the direct one alone needs to know what they are. */
  AgentLauncher launcher(JobCommands commands) {
    return switch (agent.start) {
      case DIRECT -> new DirectLauncher(commands);
      case HELPER -> HelperLauncher.atSocket(agent.helperSocket);
      case SUDO -> HelperLauncher.bySudo(agent.sudo);
    };
  }

  InetSocketAddress address() {
    Matcher matcher = ADDRESS.matcher(listen);
    valid("listen", matcher.matches(), "must be HOST:PORT, not " + listen);
    InetSocketAddress address =
        read(
            "listen",
            () -> new InetSocketAddress(matcher.group(1), Integer.parseInt(matcher.group(2))));
    valid("listen", !address.isUnresolved(), "names an unknown host: " + listen);
    return address;
  }

  private static <T> T read(String key, Supplier<T> reader) {
    try {
      return reader.get();
    } catch (IllegalArgumentException | BadRequest e) {
      throw new IllegalArgumentException(PREFIX + key + ": " + e.getMessage(), e);
    }
  }

  private static void positive(String key, Duration time) {
    valid(key, time.toMillis() > 0, "must be at least 1 ms");
  }

  private static void valid(String key, boolean valid, String problem) {
    if (!valid) {
      throw new IllegalArgumentException(PREFIX + key + " " + problem);
    }
  }
}
