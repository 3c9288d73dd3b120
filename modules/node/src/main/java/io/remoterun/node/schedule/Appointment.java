package io.remoterun.node.schedule;

import io.remoterun.protocol.run.NodeId;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * When one section is due next, whatever the clocks do.
 *
 * <ul>
 *   <li>Put forward over several slots, the section is due once.
 *   <li>Put back by no more than a period, it goes on with the slot that comes after the last one.
 *   <li>Put back by more, the clock was wrong: it is due at the first slot that is a period after
 *       the last start, by the other clock. So it is never without a start for much more than two
 *       periods, and never started twice within one.
 * </ul>
 *
 * Not thread-safe.
 */
final class Appointment {
  /** A slot that was missed is made up for only if the next one is further away than that. */
  static final Duration SOON = Duration.ofHours(1);

  private final Section section;
  private final NodeId node;
  private Slots slots;
  private Look armed;
  private Instant next;
  private @Nullable Look last;

  /**
   * @param before when the section was started last, by an earlier process
   */
  Appointment(Section section, NodeId node, Optional<Instant> before, Look look) {
    this.section = section;
    this.node = node;
    this.slots = Slots.of(section.timing(), node, look.zone());
    this.armed = look;
    this.next = before.map(start -> resume(start, look.now())).orElse(slots.after(look.now()));
  }

  Section section() {
    return section;
  }

  Instant next() {
    return next;
  }

  /** When it was due last, since this was made. */
  Optional<Instant> last() {
    return Optional.ofNullable(last).map(Look::now);
  }

  /** Whether it is to be started now; whoever asks starts it. */
  boolean isDue(Look look) {
    if (!look.zone().equals(slots.zone())) {
      slots = Slots.of(section.timing(), node, look.zone());
      arm(look, slots.after(look.now()));
    } else if (putBack(look).compareTo(slots.period()) > 0) {
      arm(look, slots.after(look.now().plus(rest(look)).minusNanos(1)));
    }
    if (look.now().isBefore(next)) {
      return false;
    }
    last = look;
    arm(look, slots.after(look.now()));
    return true;
  }

  private void arm(Look look, Instant slot) {
    armed = look;
    next = slot;
  }

  private Duration putBack(Look look) {
    return Duration.between(look.now(), armed.now()).plusNanos(look.nanos() - armed.nanos());
  }

  /** What is left of the period that began with the last start. */
  private Duration rest(Look look) {
    Look start = last;
    if (start == null) {
      return Duration.ZERO;
    }
    Duration rest = slots.period().minusNanos(look.nanos() - start.nanos());
    return rest.isPositive() ? rest : Duration.ZERO;
  }

  /** After a restart, a slot is neither started twice nor forgotten. */
  private Instant resume(Instant start, Instant now) {
    Instant regular = slots.after(now);
    if (start.isAfter(now.plus(slots.period()))) {
      return regular;
    }
    Instant following = slots.after(start);
    if (following.isAfter(now)) {
      return following;
    }
    return regular.isAfter(now.plus(SOON)) ? now.plus(Splay.of(node, SOON)) : regular;
  }
}
