package io.remoterun.webapp.store;

import io.remoterun.protocol.run.Condition;
import io.remoterun.protocol.run.RunId;
import io.remoterun.webapp.runs.Caller;
import io.remoterun.webapp.runs.RunRecord;
import io.remoterun.webapp.runs.StopAfter;
import io.remoterun.webapp.runs.Targets;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/** Runs as they are asked for. */
final class Runs {
  private Runs() {}

  static RunRecord record() {
    return record("anna", Instant.now());
  }

  static RunRecord record(String by, Instant began) {
    return new RunRecord(
        RunId.random(),
        new Targets.All(),
        List.of(new Condition("force_inventory")),
        new RunRecord.How(Duration.ofMinutes(5), OptionalInt.of(7), StopAfter.parse("5%"), true),
        new Caller(by, "192.0.2.1"),
        began.truncatedTo(ChronoUnit.MICROS),
        Optional.empty());
  }
}
