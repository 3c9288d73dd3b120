package io.remoterun.relay;

import java.net.InetSocketAddress;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A setting such as {@code 127.0.0.1:3030}, {@code relay.example.org:443} or {@code [::1]:0}. */
public record HostAndPort(String host, int port) {
  private static final Pattern FORM =
      Pattern.compile("(?:\\[([0-9a-fA-F:.]+)]|([^:\\[\\]\\s]+)):([0-9]{1,5})");
  private static final int HIGHEST_PORT = 65535;

  /**
   * Called when settings are bound.
   *
   * @throws IllegalArgumentException when the text has another form
   */
  public static HostAndPort valueOf(String text) {
    Matcher parts = FORM.matcher(text);
    if (parts.matches() && Integer.parseInt(parts.group(3)) <= HIGHEST_PORT) {
      String host = parts.group(1) == null ? parts.group(2) : parts.group(1);
      return new HostAndPort(host, Integer.parseInt(parts.group(3)));
    }
    throw new IllegalArgumentException("'" + text + "' should be HOST:PORT, such as 127.0.0.1:443");
  }

  /** Not resolved: a name is looked up when it is connected to. */
  InetSocketAddress address() {
    return InetSocketAddress.createUnresolved(host, port);
  }

  /** Whether only this machine can reach it; a name is looked up for that. */
  boolean isLoopback() {
    InetSocketAddress resolved = new InetSocketAddress(host, port);
    return !resolved.isUnresolved() && resolved.getAddress().isLoopbackAddress();
  }

  @Override
  public String toString() {
    return (host.contains(":") ? "[" + host + "]" : host) + ":" + port;
  }
}
