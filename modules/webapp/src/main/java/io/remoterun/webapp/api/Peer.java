package io.remoterun.webapp.api;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.Arrays;
import org.springframework.web.server.ServerWebExchange;

/** Who is at the other end, for the log. */
public final class Peer {
  private static final int BYTES_OF_A_NETWORK = 8;

  private Peer() {}

  /** Address and port; a front end that is trusted tells no port. */
  public static String of(ServerWebExchange exchange) {
    InetSocketAddress address = exchange.getRequest().getRemoteAddress();
    if (address == null) {
      return "unknown";
    }
    return address.getPort() == 0
        ? address.getHostString()
        : address.getHostString() + ":" + address.getPort();
  }

  /** The address, and of IPv6 the network of 64 bits, of which anybody has all addresses. */
  public static String network(ServerWebExchange exchange) {
    InetSocketAddress address = exchange.getRequest().getRemoteAddress();
    if (address == null || address.getAddress() == null) {
      return "unknown";
    }
    InetAddress host = address.getAddress();
    return host instanceof Inet6Address ? network(host.getAddress()) : host.getHostAddress();
  }

  private static String network(byte[] address) {
    Arrays.fill(address, BYTES_OF_A_NETWORK, address.length, (byte) 0);
    try {
      return InetAddress.getByAddress(address).getHostAddress();
    } catch (UnknownHostException e) {
      throw new IllegalStateException("it has as many bytes as before", e);
    }
  }
}
