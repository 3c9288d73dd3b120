package io.remoterun.webapp.audit;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.HexFormat;

/**
 * An entry as it is kept.
 *
 * @param sequence the first one is 1
 * @param when in microseconds, the most that databases keep
 * @param previousHash of the entry before this one; of the first one, {@link #NONE}
 */
public record ChainedEntry(
    long sequence, Instant when, AuditEntry entry, String previousHash, String hash) {
  /** What the first entry has before it. */
  static final String NONE = "0".repeat(64);

  /** The next entry after one of that sequence and hash. */
  static ChainedEntry after(long sequence, String hash, Instant now, AuditEntry entry) {
    Instant when = now.truncatedTo(ChronoUnit.MICROS);
    return new ChainedEntry(sequence + 1, when, entry, hash, hash(sequence + 1, when, entry, hash));
  }

  /** Whether its hash is that of what it says. */
  boolean isGenuine() {
    return hash.equals(hash(sequence, when, entry, previousHash));
  }

  private static String hash(long sequence, Instant when, AuditEntry entry, String previous) {
    MessageDigest digest = sha256();
    add(digest, previous);
    add(digest, Long.toString(sequence));
    add(digest, when.toString());
    add(digest, entry.by().name());
    add(digest, entry.by().from());
    add(digest, entry.action().name());
    add(digest, entry.decision().name());
    add(digest, entry.run().map(Object::toString).orElse(""));
    add(digest, entry.details());
    return HexFormat.of().formatHex(digest.digest());
  }

  /** With its length before it, so that no text can be moved from one field into the next. */
  private static void add(MessageDigest digest, String field) {
    byte[] bytes = field.getBytes(UTF_8);
    digest.update(ByteBuffer.allocate(Integer.BYTES).putInt(0, bytes.length));
    digest.update(bytes);
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }
}
