package io.remoterun.node.listener;

import io.netty.channel.Channel;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;

/**
 * Who is in, and who may come in. There are so many places; so many of them one address may take
 * with peers that have not said who they are. When all are taken, a newcomer is refused; but if
 * another address has clearly more strangers in than the newcomer's, the oldest of those has to go
 * instead: one that opens connections and says nothing keeps nobody else out. Who has said who it
 * is keeps its place. Thread-safe.
 */
final class House {
  private static final int IPV6_NETWORK_BYTES = 8;

  private final Bounds bounds;
  private final Map<ByteBuffer, Deque<Guest>> strangers = new HashMap<>();
  private final Set<Channel> known = new HashSet<>();
  private int places;

  /**
   * @param connections in all
   * @param perAddress of these, for one address, before they have said who they are. An IPv6
   *     address counts as its network of 64 bits: every host has so many.
   */
  record Bounds(int connections, int perAddress) {}

  /**
   * @param turnOut is told why; called on the connection's event loop
   */
  private record Guest(Channel channel, Consumer<String> turnOut) {}

  House(Bounds bounds) {
    this.bounds = bounds;
  }

  /**
   * Gives the connection a place until it is closed.
   *
   * @return why it gets none, if so
   */
  Optional<String> enter(Channel channel, Consumer<String> turnOut) {
    Optional<String> refusal = take(channel, turnOut);
    if (refusal.isEmpty()) {
      channel.closeFuture().addListener(closed -> leave(channel));
    }
    return refusal;
  }

  private synchronized Optional<String> take(Channel channel, Consumer<String> turnOut) {
    ByteBuffer origin = origin(channel);
    int same = strangers.getOrDefault(origin, new ArrayDeque<>()).size();
    if (same >= bounds.perAddress) {
      return Optional.of(
          same + " connections of its address are there that have not said who they are");
    }
    if (places >= bounds.connections && !makeRoom(same + 1)) {
      return Optional.of(places + " connections are there already");
    }
    strangers.computeIfAbsent(origin, it -> new ArrayDeque<>()).add(new Guest(channel, turnOut));
    places++;
    return Optional.empty();
  }

  private boolean makeRoom(int most) {
    Optional<Deque<Guest>> greediest =
        strangers.values().stream().max(Comparator.comparingInt(Deque::size));
    if (greediest.isEmpty() || greediest.get().size() <= most) {
      return false;
    }
    int size = greediest.get().size();
    Guest oldest = greediest.get().getFirst();
    remove(oldest.channel);
    String reason = "it makes room, one of " + size + " of its address that say nothing";
    oldest.channel.eventLoop().execute(() -> oldest.turnOut.accept(reason));
    return true;
  }

  /** It has said who it is. */
  synchronized void knows(Channel channel) {
    if (remove(channel)) {
      known.add(channel);
      places++;
    }
  }

  synchronized int places() {
    return places;
  }

  private synchronized void leave(Channel channel) {
    remove(channel);
  }

  private boolean remove(Channel channel) {
    ByteBuffer origin = origin(channel);
    Deque<Guest> guests = strangers.getOrDefault(origin, new ArrayDeque<>());
    boolean isIn = guests.removeIf(it -> it.channel.equals(channel)) || known.remove(channel);
    if (guests.isEmpty()) {
      strangers.remove(origin);
    }
    if (isIn) {
      places--;
    }
    return isIn;
  }

  private static ByteBuffer origin(Channel channel) {
    InetAddress address = ((InetSocketAddress) channel.remoteAddress()).getAddress();
    byte[] bytes = address.getAddress();
    return ByteBuffer.wrap(bytes, 0, Math.min(bytes.length, IPV6_NETWORK_BYTES));
  }
}
