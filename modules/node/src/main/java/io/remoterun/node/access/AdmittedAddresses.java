package io.remoterun.node.access;

import java.net.InetAddress;
import java.util.List;

/** Where peers may connect from: addresses and networks, IPv4 and IPv6. Names are not resolved. */
public final class AdmittedAddresses {
  private final List<Network> networks;

  /**
   * @param names such as {@code 192.0.2.1}, {@code 192.0.2.0/24} or {@code 2001:db8::/32}
   * @throws IllegalArgumentException when one of them is no address or network
   */
  public AdmittedAddresses(List<String> names) {
    this.networks = names.stream().map(Network::of).toList();
  }

  /** Never blocks. */
  public boolean contain(InetAddress address) {
    return networks.stream().anyMatch(network -> network.contains(address));
  }
}
