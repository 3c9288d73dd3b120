package io.remoterun.node.listener;

import io.netty.channel.Channel;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import java.util.stream.Stream;

/**
 * Who is in, and who may come in. There are so many places; so many of them one address may take
 * with strangers: peers that have not said who they are. When all are taken, somebody has to go for
 * a newcomer, so that those who open connections and say nothing keep nobody else out:
 *
 * <ul>
 *   <li>where its own address has taken all that it may, the oldest of those;
 *   <li>otherwise the oldest of the address with the most strangers, if those are more than there
 *       would be of the newcomer's address, or as many;
 *   <li>but a peer whose TLS hello is there is given {@link #YOUNG} to go on, unless its address
 *       has more, or the newcomer's address is friendly: one of the last that somebody was welcome
 *       from;
 *   <li>and a peer of a friendly address goes for one of another only where its address has more.
 * </ul>
 *
 * <p>Where none of these is there, the newcomer is refused. Who has said who it is keeps its place.
 *
 * <p>A place that is free again at once does not bound what handshakes cost. So an address that is
 * not friendly may begin as many in a second as it may take places; one that is may be a relay's,
 * and a stranger's as well, and is never kept waiting for that. Thread-safe.
 */
final class House {
  /** Enough for a handshake with a relay that is far away and a node that is slow. */
  static final Duration YOUNG = Duration.ofSeconds(1);

  static final int MOST_FRIENDLY = 16;
  private static final int IPV6_NETWORK_BYTES = 8;

  private final Bounds bounds;
  private final LongSupplier nanoTime;
  private final Map<ByteBuffer, Deque<Guest>> strangers = new HashMap<>();
  private final Set<Channel> known = new HashSet<>();
  private final Set<ByteBuffer> friendly = new LinkedHashSet<>();
  private final RecentHellos hellos = new RecentHellos(YOUNG);
  private int places;

  /**
   * @param connections in all
   * @param perAddress of these, for one address, before they have said who they are. An IPv6
   *     address counts as its network of 64 bits: every host has so many.
   */
  record Bounds(int connections, int perAddress) {}

  private static final class Guest {
    private final Channel channel;
    private final ByteBuffer origin;
    private final Consumer<String> turnOut;
    private final long since;
    private boolean hasSpoken;

    /**
     * @param turnOut is told why; called on the connection's event loop
     */
    Guest(Channel channel, ByteBuffer origin, Consumer<String> turnOut, long since) {
      this.channel = channel;
      this.origin = origin;
      this.turnOut = turnOut;
      this.since = since;
    }
  }

  House(Bounds bounds) {
    this(bounds, System::nanoTime);
  }

  House(Bounds bounds, LongSupplier nanoTime) {
    this.bounds = bounds;
    this.nanoTime = nanoTime;
  }

  /**
   * Gives the connection a place until it is closed.
   *
   * @return why it gets none, if so
   */
  Optional<String> enter(Channel channel, Consumer<String> turnOut) {
    ByteBuffer origin = origin(channel);
    Optional<String> refusal = take(new Guest(channel, origin, turnOut, nanoTime.getAsLong()));
    if (refusal.isEmpty()) {
      channel.closeFuture().addListener(closed -> leave(channel));
    }
    return refusal;
  }

  private synchronized Optional<String> take(Guest guest) {
    int begun = friendly.contains(guest.origin) ? 0 : hellos.of(guest.origin, guest.since);
    if (begun >= bounds.perAddress) {
      return Optional.of(
          begun + " TLS hellos of its address came within a second, and nobody was welcome");
    }
    int same = strangersOf(guest.origin).size();
    if (same >= bounds.perAddress) {
      if (!turnOut(oldest(strangersOf(guest.origin).stream().filter(this::mayGo)))) {
        return Optional.of(
            same + " connections of its address are there that have not said who they are");
      }
    } else if (places >= bounds.connections && !turnOut(whoMakesRoomFor(guest.origin, same + 1))) {
      return Optional.of(places + " connections are there already");
    }
    strangers.computeIfAbsent(guest.origin, it -> new ArrayDeque<>()).add(guest);
    places++;
    return Optional.empty();
  }

  private Optional<Guest> whoMakesRoomFor(ByteBuffer origin, int count) {
    int most = strangers.values().stream().mapToInt(Deque::size).max().orElse(0);
    Stream<Guest> greediest =
        strangers.values().stream()
            .filter(all -> all.size() == most && most >= count)
            .flatMap(Deque::stream)
            .filter(guest -> most > count || mayGoFor(origin, guest));
    return oldest(greediest).or(() -> friendly.contains(origin) ? unfriendly() : Optional.empty());
  }

  private Optional<Guest> unfriendly() {
    return oldest(
        strangers.values().stream()
            .flatMap(Deque::stream)
            .filter(guest -> !friendly.contains(guest.origin)));
  }

  /** Between the first bytes of a real peer and its connection there is next to no time. */
  private boolean mayGo(Guest guest) {
    return !guest.hasSpoken || nanoTime.getAsLong() - guest.since >= YOUNG.toNanos();
  }

  /** The hello of a relay whose handshake has just begun is on its way. */
  private boolean mayGoFor(ByteBuffer origin, Guest guest) {
    return mayGo(guest) && (friendly.contains(origin) || !friendly.contains(guest.origin));
  }

  private static Optional<Guest> oldest(Stream<Guest> guests) {
    return guests.min(Comparator.comparingLong(guest -> guest.since));
  }

  private boolean turnOut(Optional<Guest> guest) {
    guest.ifPresent(this::turnOut);
    return guest.isPresent();
  }

  private void turnOut(Guest guest) {
    int size = strangersOf(guest.origin).size();
    remove(guest.channel);
    String reason =
        "it makes room, one of " + size + " of its address that have not said who they are";
    guest.channel.eventLoop().execute(() -> guest.turnOut.accept(reason));
  }

  /** Its TLS hello is there. */
  synchronized void hasSpoken(Channel channel) {
    strangersOf(origin(channel)).stream()
        .filter(guest -> guest.channel.equals(channel))
        .forEach(this::hasSpoken);
  }

  private void hasSpoken(Guest guest) {
    guest.hasSpoken = true;
    hellos.add(guest.origin, nanoTime.getAsLong());
  }

  /** It has said who it is. */
  synchronized void knows(Channel channel) {
    if (remove(channel)) {
      known.add(channel);
      places++;
      befriend(origin(channel));
    }
  }

  private void befriend(ByteBuffer origin) {
    friendly.remove(origin);
    friendly.add(origin);
    if (friendly.size() > MOST_FRIENDLY) {
      friendly.remove(friendly.iterator().next());
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
    Deque<Guest> guests = strangersOf(origin);
    boolean isIn = guests.removeIf(it -> it.channel.equals(channel)) || known.remove(channel);
    if (guests.isEmpty()) {
      strangers.remove(origin);
    }
    if (isIn) {
      places--;
    }
    return isIn;
  }

  private Deque<Guest> strangersOf(ByteBuffer origin) {
    return strangers.getOrDefault(origin, new ArrayDeque<>());
  }

  private static ByteBuffer origin(Channel channel) {
    InetAddress address = ((InetSocketAddress) channel.remoteAddress()).getAddress();
    byte[] bytes = address.getAddress();
    return ByteBuffer.wrap(bytes, 0, Math.min(bytes.length, IPV6_NETWORK_BYTES));
  }
}
