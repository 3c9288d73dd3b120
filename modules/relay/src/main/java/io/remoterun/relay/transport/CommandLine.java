package io.remoterun.relay.transport;

import io.remoterun.protocol.nodelist.NodeEntry;
import io.remoterun.protocol.run.Condition;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * The arguments {@code [sudo] COMMAND remote run [-D C,C] -- HOST,HOST}. All hosts are one
 * argument, of which Linux takes no more than 128 KiB. sudo (some versions) puts the whole line
 * into one variable of the environment, for which the same holds: so the line as a whole stays
 * below.
 *
 * @param start all before the hosts
 */
record CommandLine(List<String> start) {
  private static final int MOST_BYTES = 120_000;
  private static final int MOST_BYTES_OF_HOST = 255;

  /**
   * Commas part hosts, a hyphen begins an option, and the command is usually a shell script: a name
   * that is more than a host name or an address never gets there.
   */
  private static final Pattern HOST =
      Pattern.compile("[a-zA-Z0-9_:][a-zA-Z0-9_.:-]{0," + (MOST_BYTES_OF_HOST - 1) + "}");

  static CommandLine of(boolean sudo, String program, List<Condition> conditions) {
    List<String> start = new ArrayList<>();
    if (sudo) {
      start.add("sudo");
    }
    start.addAll(List.of(program, "remote", "run"));
    if (!conditions.isEmpty()) {
      start.add("-D");
      start.add(conditions.stream().map(Condition::value).collect(Collectors.joining(",")));
    }
    start.add("--");
    return new CommandLine(start);
  }

  /** Whether this can be said to be a host on the line. */
  static boolean isHost(String name) {
    return HOST.matcher(name).matches();
  }

  /** Whether the conditions leave room for any host. */
  boolean hasRoom() {
    return room() > MOST_BYTES_OF_HOST;
  }

  private int room() {
    return MOST_BYTES - String.join(" ", start).length() - 1;
  }

  List<String> with(List<NodeEntry> nodes) {
    List<String> all = new ArrayList<>(start);
    all.add(nodes.stream().map(NodeEntry::hostname).collect(Collectors.joining(",")));
    return all;
  }

  /** The nodes in their order, in as few lines as there can be; their names are hosts. */
  List<List<NodeEntry>> parts(List<NodeEntry> nodes, int mostHosts) {
    List<List<NodeEntry>> parts = new ArrayList<>();
    int from = 0;
    int bytes = 0;
    for (int index = 0; index < nodes.size(); index++) {
      int next = nodes.get(index).hostname().length() + 1;
      if (index - from == mostHosts || bytes + next > room()) {
        parts.add(nodes.subList(from, index));
        from = index;
        bytes = 0;
      }
      bytes += next;
    }
    if (from < nodes.size()) {
      parts.add(nodes.subList(from, nodes.size()));
    }
    return parts;
  }
}
