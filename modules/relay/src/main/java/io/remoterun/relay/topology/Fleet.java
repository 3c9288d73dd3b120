package io.remoterun.relay.topology;

import io.remoterun.protocol.keys.KeyHash;
import io.remoterun.protocol.keys.NodeCertificates;
import io.remoterun.protocol.nodelist.NodeEntry;
import io.remoterun.protocol.nodelist.NodeList;
import io.remoterun.protocol.run.NodeId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.PublicKey;
import java.security.cert.Certificate;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import org.slf4j.Logger;

/** One version of what a relay knows about the nodes below it: the ways, and who they are. */
public record Fleet(Topology topology, NodeCertificates certificates) {

  /**
   * Reads both files, at once and whole. What is wrong with single entries is logged. Without a
   * certificates file, the key hashes of the node list are all there is. Certificates count only
   * for nodes of the list, and for the policy server of this relay.
   *
   * @throws IOException when a file cannot be used
   */
  public static Fleet read(NodeId self, Path nodesList, Path certificatesFile, Logger log)
      throws IOException {
    NodeList nodes = NodeList.read(nodesList);
    nodes.problems().forEach(log::warn);
    log.info("{}: {} nodes", nodesList, nodes.nodes().size());
    if (!Files.exists(certificatesFile)) {
      log.warn("there is no {}: only the key hashes of the node list are known", certificatesFile);
      return new Fleet(new Topology(self, nodes), NodeCertificates.none());
    }
    Topology topology = new Topology(self, nodes);
    NodeCertificates read = NodeCertificates.read(certificatesFile);
    read.problems().forEach(log::warn);
    Set<NodeId> strangers = new TreeSet<>(read.nodes());
    strangers.removeIf(topology::isKnown);
    strangers.forEach(
        id ->
            log.warn(
                "{}: the certificates of {} are left out: it is not in {}",
                certificatesFile,
                id,
                nodesList));
    return new Fleet(topology, read.without(strangers));
  }

  /**
   * Tells that host's keys from others: those of its certificates if there are any, else the one of
   * its hash in the node list. Empty when neither is known.
   */
  public Optional<Predicate<PublicKey>> keysOf(NodeId id) {
    List<PublicKey> known = certificates.of(id).stream().map(Certificate::getPublicKey).toList();
    if (!known.isEmpty()) {
      return Optional.of(known::contains);
    }
    Optional<KeyHash> hash = topology.find(id).flatMap(NodeEntry::keyHash);
    return hash.map(value -> value::matches);
  }
}
