package io.remoterun.webapp.store;

import java.time.Duration;
import java.util.List;
import java.util.UUID;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * Says from time to time that this webapp lives, and takes over the runs of those that do not say
 * so any more. The time is the database's. Not thread-safe.
 */
final class Leases {
  private static final String STRANGERS =
      """
      select id, owned_by from run where ended is null and owned_by <> :me and not exists
        (select 1 from webapp where webapp.id = run.owned_by and lease_until > current_timestamp)
      order by began limit 100
      """;

  private final UUID me;
  private final Duration lease;
  private long sinceNanos;
  private long lastNanos;
  private boolean isHeld;

  Leases(UUID me, Duration lease) {
    this.me = me;
    this.lease = lease;
  }

  /** Says that this webapp lives. */
  void renew(JdbcClient jdbc) {
    String until = "current_timestamp + interval '" + seconds(lease) + "' second";
    if (jdbc.sql("update webapp set lease_until = " + until + " where id = ?").param(me).update()
        == 0) {
      jdbc.sql("insert into webapp (id, lease_until) values (?, " + until + ")").param(me).update();
    }
    long now = System.nanoTime();
    if (!isHeld || now - lastNanos > lease.toNanos()) {
      sinceNanos = now;
    }
    lastNanos = now;
    isHeld = true;
  }

  private static String seconds(Duration duration) {
    return Double.toString(duration.toMillis() / 1000.0);
  }

  /**
   * Runs that nobody drives, and that are this webapp's own now. While the database was away nobody
   * could say that he lives: whoever finds it again leaves the others the time of a lease first.
   */
  List<UUID> takeOver(JdbcClient jdbc) {
    if (!isHeld || System.nanoTime() - sinceNanos < lease.toNanos()) {
      return List.of();
    }
    return jdbc
        .sql(STRANGERS)
        .param("me", me)
        .query((row, i) -> new UUID[] {uuid(row.getObject("id")), uuid(row.getObject("owned_by"))})
        .list()
        .stream()
        .filter(run -> isTaken(jdbc, run[0], run[1]))
        .map(run -> run[0])
        .toList();
  }

  private static UUID uuid(Object value) {
    return (UUID) value;
  }

  private boolean isTaken(JdbcClient jdbc, UUID run, UUID owner) {
    return jdbc.sql("update run set owned_by = ? where id = ? and owned_by = ? and ended is null")
            .params(me, run, owner)
            .update()
        == 1;
  }

  /** This webapp ends: others need not wait. */
  void giveUp(JdbcClient jdbc) {
    jdbc.sql("delete from webapp where id = ?").param(me).update();
  }
}
