package io.remoterun.webapp.api;

import java.net.InetSocketAddress;
import org.springframework.web.server.ServerWebExchange;

/** Who is at the other end, for the log. */
public final class Peer {
  private Peer() {}

  /** Address and port. */
  public static String of(ServerWebExchange exchange) {
    InetSocketAddress address = exchange.getRequest().getRemoteAddress();
    return address == null ? "unknown" : address.getHostString() + ":" + address.getPort();
  }
}
