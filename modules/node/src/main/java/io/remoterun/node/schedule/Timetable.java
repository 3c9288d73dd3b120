package io.remoterun.node.schedule;

import io.remoterun.protocol.run.NodeId;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.Stream;
import org.slf4j.Logger;

/**
 * Starts each section when it is due, and again until there is room for it. Whoever has it looks at
 * the clocks for it. Thread-safe.
 */
final class Timetable {
  /** A wall clock that is put forward or back is noticed after that at the latest. */
  static final Duration LOOK = Duration.ofSeconds(30);

  static final Duration TRY_AGAIN = Duration.ofSeconds(2);

  private final NodeId node;
  private final Starts starts;
  private final LastStarts lastStarts;
  private final Logger logger;
  private final Map<String, Appointment> appointments = new LinkedHashMap<>();

  /** What there was no room for. */
  private final Map<String, Due> waiting = new LinkedHashMap<>();

  /** Those whose runs have not been seen to begin. */
  private final Map<Section, Attempt> unwritten = new LinkedHashMap<>();

  /** What other threads have found to have come to nothing. */
  private final Queue<Due> inVain = new ConcurrentLinkedQueue<>();

  /** A section that is to be started since then. */
  private record Due(Section section, Instant since) {
    String name() {
      return section.name();
    }
  }

  Timetable(NodeId node, Starts starts, LastStarts lastStarts, Logger logger) {
    this.node = node;
    this.starts = starts;
    this.lastStarts = lastStarts;
    this.logger = logger;
  }

  /** From now on these; what is as it was before keeps its time. Runs go on in any case. */
  synchronized void use(List<Section> sections, Look look) {
    starts.use(sections);
    Map<String, Appointment> before = Map.copyOf(appointments);
    appointments.clear();
    for (Section section : sections) {
      Appointment same = before.get(section.name());
      appointments.put(
          section.name(),
          same != null && same.section().equals(section) ? same : appointment(section, look));
    }
    waiting.values().removeIf(due -> !sections.contains(due.section()));
    unwritten.keySet().retainAll(sections);
  }

  private Appointment appointment(Section section, Look look) {
    Appointment made = new Appointment(section, node, lastStarts.of(section.name()), look);
    logger.info(
        "section {} runs {} every {}, next at {}",
        section.name(),
        String.join(" ", section.command()),
        section.timing().period(),
        made.next().atZone(look.zone()));
    return made;
  }

  /**
   * Starts what is due.
   *
   * @return when to look again at the latest
   */
  synchronized Duration look(Look look) {
    for (Due due = inVain.poll(); due != null; due = inVain.poll()) {
      if (isPlanned(due.section())) {
        waiting.putIfAbsent(due.name(), due);
      }
    }
    writeWhatHasBegun();
    List.copyOf(waiting.values()).forEach(due -> start(due, look.now()));
    Duration wait = LOOK;
    for (Appointment appointment : appointments.values()) {
      if (appointment.isDue(look)) {
        start(new Due(appointment.section(), look.now()), look.now());
      }
      Duration rest = Duration.between(look.now(), appointment.next());
      wait = rest.compareTo(wait) < 0 ? rest : wait;
    }
    boolean isSoon = !waiting.isEmpty() || !unwritten.isEmpty();
    return isSoon && TRY_AGAIN.compareTo(wait) < 0 ? TRY_AGAIN : wait;
  }

  /** A defect in one section is not to keep the others from being started. */
  private void start(Due due, Instant now) {
    try {
      Attempt attempt = new Attempt(due, now, lastStarts.of(due.name()));
      switch (starts.start(due.section(), attempt::inVain)) {
        case Starts.Outcome.Made() -> {
          waiting.remove(due.name());
          unwritten.put(due.section(), attempt);
          writeWhatHasBegun();
        }
        case Starts.Outcome.Full(String why) -> {
          if (waiting.putIfAbsent(due.name(), due) == null) {
            logAgain(due, why);
          }
        }
        case Starts.Outcome.LeftOut() -> waiting.remove(due.name());
      }
    } catch (RuntimeException | Error e) {
      waiting.remove(due.name());
      logger.error("section {} cannot be started", due.name(), e);
    }
  }

  /** Where a run waits for its turn, that may take until the next look or longer. */
  private void writeWhatHasBegun() {
    Map.copyOf(unwritten)
        .forEach(
            (section, attempt) -> {
              if (!starts.waits(section)) {
                unwritten.remove(section);
                attempt.write();
              }
            });
  }

  /**
   * One start. It is written down when its run has begun, and only if nobody has found out before
   * that it was in vain: one that is still to be made must not be lost by a restart.
   */
  private final class Attempt {
    private final Due due;
    private final Instant now;
    private final Optional<Instant> before;
    private boolean isWritten;
    private boolean isInVain;

    Attempt(Due due, Instant now, Optional<Instant> before) {
      this.due = due;
      this.now = now;
      this.before = before;
    }

    synchronized void write() {
      if (!isInVain) {
        lastStarts.started(due.name(), now);
        isWritten = true;
      }
    }

    /** It is made again when the clocks are looked at next: that is soon, and not too often. */
    synchronized void inVain(String why) {
      isInVain = true;
      if (isWritten) {
        lastStarts.takeBack(due.name(), now, before);
      }
      logAgain(due, why);
      inVain.add(due);
    }
  }

  private void logAgain(Due due, String why) {
    logger.info("section {} is tried again: {}", due.name(), why);
  }

  private boolean isPlanned(Section section) {
    Appointment appointment = appointments.get(section.name());
    return appointment != null && appointment.section().equals(section);
  }

  /** The sections with the next and the last start of each; the next one may be overdue. */
  synchronized List<Schedule.Entry> entries() {
    return appointments.values().stream()
        .map(it -> new Schedule.Entry(it.section(), next(it), lastStarts.of(it.section().name())))
        .toList();
  }

  private Instant next(Appointment appointment) {
    return Stream.concat(waiting.values().stream(), inVain.stream())
        .filter(due -> due.section().equals(appointment.section()))
        .map(Due::since)
        .min(Comparator.naturalOrder())
        .orElse(appointment.next());
  }
}
