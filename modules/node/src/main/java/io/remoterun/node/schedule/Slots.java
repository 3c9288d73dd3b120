package io.remoterun.node.schedule;

import io.remoterun.protocol.run.NodeId;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.zone.ZoneOffsetTransition;
import java.time.zone.ZoneRules;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The times at which a section is due on a node: each day at {@code first} after midnight, and from
 * then on every {@code period} until midnight, by the clock on the wall.
 *
 * <p>Where the wall clock is put forward or back, it depends on the period:
 *
 * <ul>
 *   <li>one that is not longer than the change goes on as if nothing was: times that the day does
 *       not have are left out, times that it has twice are due twice;
 *   <li>a longer one has its time exactly once: at the end of the change, if the day does not have
 *       it, and the first time, if the day has it twice.
 * </ul>
 *
 * <p>So a node is never left for longer than it is over midnight or than the period and the change,
 * and nothing piles up. A value: no clock, no state.
 *
 * @param period at least a second
 * @param first less than a day
 */
record Slots(Duration period, Duration first, ZoneId zone) {

  static Slots of(Timing timing, NodeId node, ZoneId zone) {
    return new Slots(timing.period(), timing.begin().plus(Splay.of(node, timing.span())), zone);
  }

  /** The first one that is later than that. */
  Instant after(Instant now) {
    ZoneRules rules = zone.getRules();
    ZoneOffset offset = rules.getOffset(now);
    LocalDateTime slot = later(LocalDateTime.ofInstant(now, zone));
    @Nullable ZoneOffsetTransition change = rules.nextTransition(now);
    while (true) {
      if (change == null || slot.isBefore(change.getDateTimeBefore())) {
        if (!isSecondTime(slot, offset, rules)) {
          return slot.toInstant(offset);
        }
        slot = later(slot);
      } else {
        if (isMissed(slot, change)) {
          return change.getInstant();
        }
        offset = change.getOffsetAfter();
        slot = later(change.getDateTimeAfter().minusNanos(1));
        change = rules.nextTransition(change.getInstant());
      }
    }
  }

  /** The first slot after that, by the wall clock. */
  private LocalDateTime later(LocalDateTime local) {
    LocalDate day = local.toLocalDate();
    LocalDateTime begin = day.atStartOfDay().plus(first);
    if (local.isBefore(begin)) {
      return begin;
    }
    long periods = Duration.between(begin, local).dividedBy(period) + 1;
    LocalDateTime next = begin.plus(period.multipliedBy(periods));
    return next.toLocalDate().equals(day) ? next : day.plusDays(1).atStartOfDay().plus(first);
  }

  /** Whether the change leaves out that time, and nothing makes up for it. */
  private boolean isMissed(LocalDateTime slot, ZoneOffsetTransition change) {
    return change.isGap() && isLongerThan(change) && slot.isBefore(change.getDateTimeAfter());
  }

  private boolean isSecondTime(LocalDateTime slot, ZoneOffset offset, ZoneRules rules) {
    return Optional.ofNullable(rules.getTransition(slot))
        .filter(change -> change.isOverlap() && offset.equals(change.getOffsetAfter()))
        .filter(this::isLongerThan)
        .isPresent();
  }

  private boolean isLongerThan(ZoneOffsetTransition change) {
    return period.compareTo(change.getDuration().abs()) > 0;
  }
}
