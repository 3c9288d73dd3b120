package io.remoterun.relay.transport;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.reactivestreams.Subscription;
import reactor.core.CoreSubscriber;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

/**
 * A bounded number of permits that several runs share. Each run waits in a line of its own, and the
 * lines are served in turn, those that hold nothing yet before all others: how many wait in one
 * line is nobody else's concern. The last tenth of the permits is kept for such newcomers, so that
 * there is one for them even when a long run would take all.
 *
 * <p>Thread-safe. Every operation takes a time that does not depend on how many wait.
 */
public final class Turns {
  private static final int PART_FOR_NEWCOMERS = 10;

  private final int forNewcomers;
  private final int perKey;
  private final Map<Object, Line> lines = new HashMap<>();
  private final Set<Line> newcomers = new LinkedHashSet<>();
  private final Set<Line> others = new LinkedHashSet<>();
  private int free;

  /** What has to be given back, once; more often does no harm. */
  public interface Permit {
    void giveBack();
  }

  /**
   * @param permits at least 1
   * @param perKey how many of them one key may hold, at least 1
   */
  public Turns(int permits, int perKey) {
    if (permits < 1 || perKey < 1) {
      throw new IllegalArgumentException("no permits: " + permits + ", " + perKey + " for a key");
    }
    this.free = permits;
    this.perKey = perKey;
    this.forNewcomers = Math.min(permits - 1, Math.ceilDiv(permits, PART_FOR_NEWCOMERS));
  }

  /**
   * A permit, as soon as it is this key's turn; of one key, the first to ask is the first to get
   * one. It comes at once where one can be had, and otherwise on a thread that must not be blocked.
   * Whoever cancels leaves the line, or gives the permit back.
   *
   * @param key with {@code equals} and {@code hashCode}, such as a run's id
   */
  public Mono<Permit> take(Object key) {
    return Mono.fromDirect(
        taker -> taker.onSubscribe(new Turn(key, (CoreSubscriber<? super Permit>) taker)));
  }

  /** Whether nobody waits and nobody holds a permit. */
  synchronized boolean isIdle() {
    return lines.isEmpty();
  }

  private synchronized List<Turn> enter(Turn turn) {
    turn.state = State.WAITING;
    Line line = lines.computeIfAbsent(turn.key, key -> new Line());
    line.waiting.add(turn);
    place(line);
    return granted();
  }

  private synchronized List<Turn> leave(Turn turn) {
    State left = turn.state;
    turn.state = State.OVER;
    Line line = lines.get(turn.key);
    if (line == null || left == State.NEW || left == State.OVER) {
      return List.of();
    }
    if (left == State.WAITING) {
      line.waiting.remove(turn);
    } else {
      line.held--;
      free++;
    }
    place(line);
    if (line.waiting.isEmpty() && line.held == 0) {
      lines.remove(turn.key);
    }
    return granted();
  }

  private List<Turn> granted() {
    List<Turn> granted = new ArrayList<>(1);
    while (free > 0 && !newcomers.isEmpty()) {
      granted.add(serve(newcomers.iterator().next()));
    }
    while (free > forNewcomers && !others.isEmpty()) {
      granted.add(serve(others.iterator().next()));
    }
    return granted;
  }

  private Turn serve(Line line) {
    Turn turn = line.waiting.removeFirst();
    turn.state = State.HOLDING;
    line.held++;
    free--;
    // To the end of its ring, or to the other one.
    newcomers.remove(line);
    others.remove(line);
    place(line);
    return turn;
  }

  /** Where it waits: if it is there already, it keeps its place. */
  private void place(Line line) {
    boolean canBeServed = !line.waiting.isEmpty() && line.held < perKey;
    isIn(newcomers, line, canBeServed && line.held == 0);
    isIn(others, line, canBeServed && line.held > 0);
  }

  private static void isIn(Set<Line> ring, Line line, boolean belongs) {
    if (belongs) {
      ring.add(line);
    } else {
      ring.remove(line);
    }
  }

  private enum State {
    NEW,
    WAITING,
    HOLDING,
    OVER
  }

  /** Those who wait, and how many do not any more, with the same key. */
  private static final class Line {
    private final LinkedHashSet<Turn> waiting = new LinkedHashSet<>();
    private int held;
  }

  private final class Turn implements Subscription, Permit {
    private final Object key;
    private final CoreSubscriber<? super Permit> taker;
    private State state = State.NEW;

    Turn(Object key, CoreSubscriber<? super Permit> taker) {
      this.key = key;
      this.taker = taker;
    }

    @Override
    public void request(long count) {
      if (is(State.NEW)) {
        // It can be nobody's turn but this one's: nobody has given anything back.
        enter(this).forEach(Turn::come);
      }
    }

    /** Another thread, so that one who gives back does not do the work of all who come after. */
    @Override
    public void giveBack() {
      for (Turn next : leave(this)) {
        Schedulers.parallel().schedule(next::come);
      }
    }

    @Override
    public void cancel() {
      giveBack();
    }

    private void come() {
      if (is(State.HOLDING)) {
        taker.onNext(this);
        taker.onComplete();
      }
    }

    private boolean is(State expected) {
      synchronized (Turns.this) {
        return state == expected;
      }
    }
  }
}
