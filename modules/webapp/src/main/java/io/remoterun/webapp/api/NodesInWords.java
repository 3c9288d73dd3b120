package io.remoterun.webapp.api;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.remoterun.protocol.run.NodeId;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Collection;
import java.util.HexFormat;
import java.util.List;

/**
 * Nodes for the audit log, where there is no room for thousands: how many, the SHA-256 of their ids
 * in order, each with a newline after it, and as many ids as there is room for. So it can be proved
 * of a list that it is the one.
 */
final class NodesInWords {
  private NodesInWords() {}

  /**
   * @param most characters, without those of the number and the hash, which are always there
   */
  static String of(Collection<NodeId> nodes, int most) {
    List<String> ids = nodes.stream().map(NodeId::value).distinct().sorted().toList();
    StringBuilder words =
        new StringBuilder()
            .append(ids.size())
            .append(ids.size() == 1 ? " node" : " nodes")
            .append(" with SHA-256 ")
            .append(sha256(ids))
            .append(':');
    int end = words.length() + most;
    int told = 0;
    for (String id : ids) {
      if (words.length() + id.length() + 1 > end) {
        return words + " and " + (ids.size() - told) + " more";
      }
      words.append(' ').append(id);
      told++;
    }
    return words.toString();
  }

  private static String sha256(List<String> ids) {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      ids.forEach(id -> digest.update((id + "\n").getBytes(UTF_8)));
      return HexFormat.of().formatHex(digest.digest());
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }
}
