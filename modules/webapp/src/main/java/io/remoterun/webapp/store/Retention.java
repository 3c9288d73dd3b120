package io.remoterun.webapp.store;

import java.time.InstantSource;
import java.util.List;
import java.util.UUID;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.jdbc.core.simple.JdbcClient;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * Deletes runs that have ended and are too old or too much, each in a transaction of its own: some
 * at a time, until there are no more of them.
 */
final class Retention {
  private static final Logger LOG = LoggerFactory.getLogger("remote-run.webapp");
  static final int MOST_AT_ONCE = 50;

  /** About what the row of a run and that of a node need, with their entries in indexes. */
  static final int RUN_BYTES = 600;

  static final int NODE_BYTES = 400;

  private static final String TOO_OLD =
      "select id from run where ended is not null and ended < ? order by began limit ?";

  /** With all that are newer, also with those that go on, there is too much. */
  private static final String TOO_MUCH =
      """
      select id from (
        select id, ended, began, sum(stored_bytes + length(request) + cast(? as bigint)
          + cast(node_count as bigint) * cast(? as bigint)) over (order by began desc, id) as so_far from run) as r
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
   * @return how many were deleted
   */
  Mono<Integer> clean() {
    return all(this::old)
        .concatWith(all(this::tooMuch))
        .reduce(Integer::sum)
        .doOnNext(
            deleted -> {
              if (deleted > 0) {
                LOG.info("{} runs are not kept any longer", deleted);
              }
            });
  }

  private List<UUID> old(JdbcClient jdbc) {
    return jdbc.sql(TOO_OLD)
        .params(RunRows.time(clock.instant().minus(keeping.age())), MOST_AT_ONCE)
        .query(RunRows::id)
        .list();
  }

  private List<UUID> tooMuch(JdbcClient jdbc) {
    return jdbc.sql(TOO_MUCH)
        .params(RUN_BYTES, NODE_BYTES, keeping.size().toBytes(), MOST_AT_ONCE)
        .query(RunRows::id)
        .list();
  }

  /** How many were deleted each time, until it is less than a full number of them. */
  private Flux<Integer> all(Function<JdbcClient, List<UUID>> find) {
    Mono<Integer> some =
        database
            .call(find)
            .flatMapIterable(ids -> ids)
            .concatMap(this::delete)
            .count()
            .map(Long::intValue);
    return some.expand(deleted -> deleted < MOST_AT_ONCE ? Mono.empty() : some);
  }

  private Mono<UUID> delete(UUID id) {
    return database
        .run(jdbc -> jdbc.sql("delete from run where id = ?").param(id).update())
        .thenReturn(id);
  }
}
