package io.remoterun.node.schedule;

import io.remoterun.protocol.run.NodeId;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
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
  private final Map<String, Section> waiting = new LinkedHashMap<>();

  /** What other threads have found to have come to nothing. */
  private final Queue<Section> inVain = new ConcurrentLinkedQueue<>();

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
    waiting.values().removeIf(section -> !sections.contains(section));
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
    for (Section section = inVain.poll(); section != null; section = inVain.poll()) {
      if (isPlanned(section)) {
        waiting.put(section.name(), section);
      }
    }
    List.copyOf(waiting.values()).forEach(this::start);
    Duration wait = LOOK;
    for (Appointment appointment : appointments.values()) {
      if (appointment.isDue(look)) {
        start(appointment.section());
        lastStarts.started(appointment.section().name(), look.now());
      }
      Duration rest = Duration.between(look.now(), appointment.next());
      wait = rest.compareTo(wait) < 0 ? rest : wait;
    }
    return !waiting.isEmpty() && TRY_AGAIN.compareTo(wait) < 0 ? TRY_AGAIN : wait;
  }

  /** A defect in one section is not to keep the others from being started. */
  private void start(Section section) {
    try {
      Optional<String> full = starts.start(section, why -> startedInVain(section, why));
      if (full.isEmpty()) {
        waiting.remove(section.name());
      } else if (waiting.put(section.name(), section) == null) {
        logAgain(section, full.get());
      }
    } catch (RuntimeException | Error e) {
      waiting.remove(section.name());
      logger.error("section {} cannot be started", section.name(), e);
    }
  }

  /** It is tried again when the clocks are looked at next: that is soon, and not too often. */
  private void startedInVain(Section section, String why) {
    inVain.add(section);
    logAgain(section, why);
  }

  private void logAgain(Section section, String why) {
    logger.info("section {} is tried again: {}", section.name(), why);
  }

  private boolean isPlanned(Section section) {
    Appointment appointment = appointments.get(section.name());
    return appointment != null && appointment.section().equals(section);
  }

  /** The sections with the next and the last start of each. */
  synchronized List<Schedule.Entry> entries() {
    return appointments.values().stream()
        .map(it -> new Schedule.Entry(it.section(), it.next(), lastStarts.of(it.section().name())))
        .toList();
  }
}
