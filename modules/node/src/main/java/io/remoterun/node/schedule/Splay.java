package io.remoterun.node.schedule;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.remoterun.protocol.run.NodeId;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;

/**
 * Spreads the nodes of a fleet over a span of time. A node's share depends on nothing but its id,
 * so that it is the same after a restart and on every version of this program: the first eight
 * bytes of the id's SHA-256, as an unsigned number, modulo the seconds of the span.
 */
final class Splay {
  private Splay() {}

  /** From 0 to less than the span, in whole seconds; 0 where there is no span. */
  static Duration of(NodeId node, Duration span) {
    return span.toSeconds() <= 0
        ? Duration.ZERO
        : Duration.ofSeconds(Long.remainderUnsigned(hash(node), span.toSeconds()));
  }

  private static long hash(NodeId node) {
    try {
      byte[] digest = MessageDigest.getInstance("SHA-256").digest(node.value().getBytes(UTF_8));
      return ByteBuffer.wrap(digest).getLong();
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }
}
