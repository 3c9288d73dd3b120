package io.remoterun.protocol.nodelist;

import io.remoterun.protocol.run.NodeId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Rudder's {@code nodeslist.json}: what is below a server, itself included. Immutable. */
public final class NodeList {
  private final Map<NodeId, NodeEntry> nodes;
  private final List<String> problems;

  private NodeList(Map<NodeId, NodeEntry> nodes, List<String> problems) {
    this.nodes = Collections.unmodifiableMap(nodes);
    this.problems = List.copyOf(problems);
  }

  /** A list of these; the last one wins where an id is there twice. */
  public static NodeList of(Collection<NodeEntry> entries) {
    Map<NodeId, NodeEntry> nodes = new LinkedHashMap<>();
    entries.forEach(entry -> nodes.put(entry.id(), entry));
    return new NodeList(nodes, List.of());
  }

  /**
   * Reads the file, at once and whole. An entry that cannot be used, because its id, host name, key
   * hash or policy server is missing or broken, is left out and told in {@link #problems()}: one
   * bad entry must not take away all others. In particular a node with a broken key hash is no node
   * without a key hash. Keys that are not known are ignored.
   *
   * @throws IOException when the file cannot be read, is no JSON object of objects, or has one id
   *     twice: then who wrote it is at fault, and no entry can be trusted. The message names the
   *     file and what is wrong.
   */
  public static NodeList read(Path json) throws IOException {
    NodeListParser parser = new NodeListParser(json.toString());
    Map<NodeId, NodeEntry> nodes = parser.parse(Files.readAllBytes(json));
    return new NodeList(nodes, parser.problems());
  }

  public Optional<NodeEntry> find(NodeId id) {
    return Optional.ofNullable(nodes.get(id));
  }

  /** In the order of the file. */
  public Collection<NodeEntry> nodes() {
    return nodes.values();
  }

  /** One line for each entry that was left out: the file, the node and what is wrong with it. */
  public List<String> problems() {
    return problems;
  }
}
