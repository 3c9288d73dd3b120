package io.remoterun.node.access;

import io.remoterun.protocol.run.Printable;
import java.math.BigInteger;
import java.net.InetAddress;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The addresses that begin with the same bits. An IPv4 address that is mapped into IPv6 ({@code
 * ::ffff:192.0.2.1}, as sockets for both have it) is that IPv4 address, here as in Java.
 *
 * @param prefix the first bits, as a number
 * @param bits how many of them there are
 * @param length of an address, in bits: 32 or 128
 */
record Network(BigInteger prefix, int bits, int length) {
  private static final Pattern FORM =
      Pattern.compile("([0-9]+(?:\\.[0-9]+){3}|[0-9a-fA-F.]*:[0-9a-fA-F:.]*)(?:/([0-9]{1,3}))?");
  private static final int LONG = 128;

  /**
   * @throws IllegalArgumentException when the text is none, or has bits beyond its length: then it
   *     is not known what was meant
   */
  static Network of(String text) {
    Matcher form = FORM.matcher(text);
    if (!form.matches()) {
      throw invalid(text, "should be an address, or a network such as 192.0.2.0/24");
    }
    boolean isLong = form.group(1).contains(":");
    InetAddress address = literal(text, form.group(1));
    int length = length(address);
    int bits = form.group(2) == null ? length : Integer.parseInt(form.group(2));
    if (form.group(2) != null && isLong) {
      bits -= LONG - length;
    }
    if (bits < 0 || bits > length) {
      throw invalid(text, "has no such length");
    }
    Network network = new Network(prefix(address, bits), bits, length);
    if (!network.prefix.shiftLeft(length - bits).equals(prefix(address, length))) {
      throw invalid(text, "has more bits than its length says");
    }
    return network;
  }

  boolean contains(InetAddress other) {
    return length(other) == length && prefix(other, bits).equals(prefix);
  }

  private static int length(InetAddress address) {
    return address.getAddress().length * Byte.SIZE;
  }

  private static BigInteger prefix(InetAddress address, int bits) {
    return new BigInteger(1, address.getAddress()).shiftRight(length(address) - bits);
  }

  private static InetAddress literal(String text, String address) {
    try {
      return InetAddress.ofLiteral(address);
    } catch (IllegalArgumentException e) {
      throw invalid(text, "is no address");
    }
  }

  private static IllegalArgumentException invalid(String text, String problem) {
    return new IllegalArgumentException(Printable.of(text) + " " + problem);
  }
}
