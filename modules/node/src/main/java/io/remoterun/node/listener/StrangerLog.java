package io.remoterun.node.listener;

import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.time.Duration;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import reactor.core.Disposable;
import reactor.core.Disposables;
import reactor.core.scheduler.Schedulers;

/**
 * Log lines about peers that have not shown who they are: everybody can cause those. In each while,
 * an address gets some lines of its own, all together get some more; of the others one line tells
 * the number at the end of the while. Nothing is silent, and memory is bounded. Thread-safe.
 */
final class StrangerLog implements AutoCloseable {
  static final Duration WHILE = Duration.ofMinutes(1);
  static final int LINES_OF_ADDRESS = 3;
  static final int LINES = 30;
  private static final int MOST_ADDRESSES = 1000;
  private static final int MOST_NAMED = 5;
  private static final String OTHERS = "others";

  private final Logger logger;
  private final Duration time;
  private final Map<String, Integer> counts = new HashMap<>();
  private final Map<String, Integer> untold = new HashMap<>();
  private int lines;
  private Disposable end = Disposables.disposed();

  StrangerLog(Logger logger, Duration time) {
    this.logger = logger;
    this.time = time;
  }

  /** Says it now, or counts it. */
  void refused(SocketAddress peer, String reason) {
    String address =
        peer instanceof InetSocketAddress inet && inet.getAddress() != null
            ? inet.getAddress().getHostAddress()
            : String.valueOf(peer);
    say(address, "refused " + Peer.addressOf(peer) + ": " + reason);
  }

  /**
   * Says it now, or counts it.
   *
   * @param whose all that is said of one address shares so many lines
   */
  synchronized void say(String whose, String line) {
    if (end.isDisposed()) {
      end =
          Schedulers.parallel().schedule(this::tellTheRest, time.toMillis(), TimeUnit.MILLISECONDS);
    }
    // Beyond so many addresses, the others share one's lines.
    String address = counts.size() < MOST_ADDRESSES || counts.containsKey(whose) ? whose : OTHERS;
    if (counts.merge(address, 1, Integer::sum) <= LINES_OF_ADDRESS && lines < LINES) {
      lines++;
      logger.warn(line);
    } else {
      untold.merge(address, 1, Integer::sum);
    }
  }

  private synchronized void tellTheRest() {
    end.dispose();
    int sum = untold.values().stream().mapToInt(Integer::intValue).sum();
    if (sum > 0) {
      logger.warn("refused {} more in {} s: {}", sum, time.toMillis() / 1000.0, most());
    }
    counts.clear();
    untold.clear();
    lines = 0;
  }

  private String most() {
    String named =
        untold.entrySet().stream()
            .sorted(Map.Entry.<String, Integer>comparingByValue(Comparator.reverseOrder()))
            .limit(MOST_NAMED)
            .map(count -> count.getValue() + " of " + count.getKey())
            .collect(Collectors.joining(", "));
    int more = untold.size() - MOST_NAMED;
    return more > 0 ? named + ", and of " + more + " more addresses" : named;
  }

  /** Tells what is left to tell. */
  @Override
  public void close() {
    tellTheRest();
  }
}
