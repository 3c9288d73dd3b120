package io.remoterun.webapp.store;

import java.time.Duration;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;

/**
 * How much of the runs is kept, and for how long, {@code remote-run.webapp.store.keep.*}.
 *
 * @param output of one run; of more than that the middle is lost
 * @param memory of all runs that go on, in memory: what was printed last, for those who watch
 * @param age of a run that has ended, before it is deleted
 * @param size of all runs: their output, and some hundred bytes for each run and each of its nodes;
 *     when it is more, the oldest runs that have ended go
 */
public record Keeping(
    @DefaultValue("256MB") DataSize output,
    @DefaultValue("64MB") DataSize memory,
    @DefaultValue("90d") Duration age,
    @DefaultValue("10GB") DataSize size) {
  public Keeping {
    require(output.toBytes() >= 4096, "output must be 4KB or more");
    require(memory.toMegabytes() >= 8, "memory must be 8MB or more");
    require(age.isPositive(), "age must be more than 0");
    require(size.toBytes() > 0, "size must be more than 0");
  }

  /** The defaults. */
  public static Keeping usual() {
    return new Keeping(
        DataSize.ofMegabytes(256),
        DataSize.ofMegabytes(64),
        Duration.ofDays(90),
        DataSize.ofGigabytes(10));
  }

  private static void require(boolean condition, String message) {
    if (!condition) {
      throw new IllegalArgumentException("remote-run.webapp.store.keep." + message);
    }
  }
}
