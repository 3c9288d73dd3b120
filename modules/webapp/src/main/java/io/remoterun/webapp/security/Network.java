package io.remoterun.webapp.security;

import java.net.InetAddress;
import java.util.Optional;

/** Addresses that begin with the same bits. */
record Network(InetAddress address, int bits) {

  /**
   * An address, or one with the number of bits after a slash. Never asks a name server.
   *
   * @throws IllegalArgumentException when it is something else
   */
  static Network parse(String text) {
    String[] parts = text.split("/", 2);
    InetAddress address =
        literal(parts[0])
            .orElseThrow(() -> new IllegalArgumentException("no address or network: " + text));
    try {
      int most = address.getAddress().length * Byte.SIZE;
      int bits = parts.length == 1 ? most : Integer.parseInt(parts[1]);
      if (bits >= 0 && bits <= most) {
        return new Network(address, bits);
      }
    } catch (NumberFormatException e) {
      // said below, in the same words
    }
    throw new IllegalArgumentException("no address or network: " + text);
  }

  /** The address that the text is; empty for a name or anything else. */
  static Optional<InetAddress> literal(String text) {
    try {
      return Optional.of(InetAddress.ofLiteral(text));
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  boolean contains(InetAddress other) {
    byte[] mine = address.getAddress();
    byte[] bytes = other.getAddress();
    if (bytes.length != mine.length) {
      return false;
    }
    for (int bit = 0; bit < bits; bit++) {
      int mask = 0x80 >> (bit % 8);
      if ((bytes[bit / 8] & mask) != (mine[bit / 8] & mask)) {
        return false;
      }
    }
    return true;
  }
}
