package io.remoterun.webapp.store;

import java.time.InstantSource;
import java.util.List;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Mono;

/** Deletes runs that have ended and are too old or too much, each in a transaction of its own. */
final class Retention {
  private static final Logger LOG = LoggerFactory.getLogger("remote-run.webapp");
  private static final int MOST_AT_ONCE = 50;

  private static final String TOO_OLD =
      "select id from run where ended is not null and ended < ? order by began limit ?";

  /** With the output of all that are newer, also of those that go on, there is too much. */
  private static final String TOO_MUCH =
      """
      select id from (
        select id, ended, began, sum(stored_bytes) over (order by began desc, id) as so_far from run) as r
      where ended is not null and so_far > ? order by began limit ?
      """;

  private final Database database;
  private final Keeping keeping;
  private final InstantSource clock;

  Retention(Database database, Keeping keeping, InstantSource clock) {
    this.database = database;
    this.keeping = keeping;
    this.clock = clock;
  }

  /**
   * @return how many were deleted; when they are many, more may be left
   */
  Mono<Integer> clean() {
    return database
        .call(
            jdbc -> {
              List<UUID> old =
                  jdbc.sql(TOO_OLD)
                      .params(RunRows.time(clock.instant().minus(keeping.age())), MOST_AT_ONCE)
                      .query(RunRows::id)
                      .list();
              return old.isEmpty()
                  ? jdbc.sql(TOO_MUCH)
                      .params(keeping.size().toBytes(), MOST_AT_ONCE)
                      .query(RunRows::id)
                      .list()
                  : old;
            })
        .flatMapIterable(ids -> ids)
        .concatMap(this::delete)
        .count()
        .map(Long::intValue)
        .doOnNext(
            deleted -> {
              if (deleted > 0) {
                LOG.info("{} runs are not kept any longer", deleted);
              }
            });
  }

  private Mono<UUID> delete(UUID id) {
    return database
        .run(jdbc -> jdbc.sql("delete from run where id = ?").param(id).update())
        .thenReturn(id);
  }
}
