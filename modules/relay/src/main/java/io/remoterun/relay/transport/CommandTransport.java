package io.remoterun.relay.transport;

import io.remoterun.protocol.nodelist.NodeEntry;
import io.remoterun.protocol.run.Printable;
import io.remoterun.protocol.run.RunEvent;
import io.remoterun.protocol.run.RunFailure;
import io.remoterun.protocol.run.RunFailure.Kind;
import io.remoterun.protocol.run.RunRequest;
import java.time.Duration;
import java.util.List;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * Triggers nodes as Rudder's relayd does: runs {@code [sudo] COMMAND remote run [-D C,C] --
 * HOST,HOST}, without a shell. See {@link CommandRun} for what a command says about its hosts,
 * which is little where they are several.
 *
 * <p>A call becomes as many commands as its hosts need; they run at the same time, within a bound,
 * because each of them triggers its hosts one after the other.
 */
public final class CommandTransport implements NodeTransport {
  private final Settings settings;

  /**
   * @param silence of a command
   * @param run for each host of a command
   * @param stop for a command to end when it is asked to; for what it left behind to end its output
   */
  public record Deadlines(Duration silence, Duration run, Duration stop) {}

  /**
   * @param hop who triggers, for failures, such as {@code relay root}
   * @param sudo whether the command is run by sudo
   * @param hostsAtOnce how many one command is given at most, as far as they fit; at least 1
   * @param commandsAtOnce how many commands of one call run at a time; at least 1
   * @param mostBytesOfLine a longer line comes in pieces of that size; at least 1
   */
  public record Settings(
      String hop,
      String program,
      boolean sudo,
      int hostsAtOnce,
      int commandsAtOnce,
      int mostBytesOfLine,
      Deadlines deadlines) {}

  public CommandTransport(Settings settings) {
    this.settings = settings;
  }

  @Override
  public int nodesOfOneCall() {
    return Integer.MAX_VALUE;
  }

  @Override
  public Flux<RunEvent> run(List<NodeEntry> nodes, RunRequest request, Mono<Void> cancel) {
    CommandLine line = CommandLine.of(settings.sudo(), settings.program(), request.conditions());
    if (!line.hasRoom()) {
      return failed(
          nodes, Kind.PROTOCOL, "the conditions leave no room for hosts on a command line");
    }
    List<NodeEntry> hosts =
        nodes.stream().filter(node -> CommandLine.isHost(node.hostname())).toList();
    Flux<RunEvent> others =
        Flux.fromIterable(nodes)
            .filter(node -> !CommandLine.isHost(node.hostname()))
            .map(this::noHost);
    Flux<RunEvent> triggered =
        Flux.fromIterable(line.parts(hosts, settings.hostsAtOnce()))
            .flatMap(
                part -> CommandRun.of(settings, part, line.with(part), cancel),
                settings.commandsAtOnce());
    return others.concatWith(triggered);
  }

  private RunEvent noHost(NodeEntry node) {
    return failed(
        node,
        Kind.NO_ROUTE,
        "the host name '"
            + Printable.of(node.hostname())
            + "' cannot be given to a command: it should be a name or an address; correct it in the"
            + " node list, or trigger this node in another way");
  }

  private Flux<RunEvent> failed(List<NodeEntry> nodes, Kind kind, String reason) {
    return Flux.fromIterable(nodes).map(node -> failed(node, kind, reason));
  }

  private RunEvent failed(NodeEntry node, Kind kind, String reason) {
    return new RunEvent.Failed(node.id(), new RunFailure(kind, settings.hop(), reason));
  }
}
