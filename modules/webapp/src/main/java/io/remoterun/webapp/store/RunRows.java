package io.remoterun.webapp.store;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.remoterun.protocol.log.RunEventDecoder;
import io.remoterun.protocol.run.Counts;
import io.remoterun.protocol.run.NodeId;
import io.remoterun.protocol.run.RunEvent;
import io.remoterun.protocol.run.RunId;
import io.remoterun.protocol.run.Tally;
import io.remoterun.webapp.runs.Caller;
import io.remoterun.webapp.runs.NodeResult;
import io.remoterun.webapp.runs.RunArchive.Filter;
import io.remoterun.webapp.runs.RunArchive.State;
import io.remoterun.webapp.runs.RunArchive.Summary;
import io.remoterun.webapp.runs.RunRecord;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import tools.jackson.databind.JsonNode;

/** The tables of runs and of their nodes. To be used within {@link Database}'s transactions. */
final class RunRows {
  private static final String INSERT =
      """
      insert into run (id, began, request, asked_by, asked_from, request_key, node_count, waiting, running,
        succeeded, agent_errors, failed, stopped, unconfirmed, owned_by, last_sequence, stored_bytes)
      values (:id, :began, :request, :by, :from, :key, :nodes, :nodes, 0, 0, 0, 0, 0, 0, :owner, 0, 0)
      """;

  /** All rows by one statement: 10,000 in one go. */
  private static final String INSERT_NODES =
      """
      insert into run_node (run_id, place, node, state, asked)
      select ?, place, id, 'WAITING', cast(? as timestamp(6) with time zone) from unnest(cast(? as varchar(128) array)) with ordinality as n (id, place)
      """;

  private static final String SUMMARY =
      """
      select id, began, request, asked_by, asked_from, waiting, running, succeeded, agent_errors, failed,
        stopped, unconfirmed, cancelled_by, cancelled_from, ended from run
      """;

  private static final String NODES =
      "select node, state, last_event, began, ended from run_node where run_id = ? order by place";

  private RunRows() {}

  static OffsetDateTime time(Instant instant) {
    return instant.atOffset(ZoneOffset.UTC);
  }

  static void insert(
      JdbcClient jdbc, RunRecord run, List<NodeId> nodes, Optional<String> key, UUID owner) {
    jdbc.sql(INSERT)
        .param("id", run.id().value())
        .param("began", time(run.began()))
        .param("request", RecordJson.of(run))
        .param("by", run.by().name())
        .param("from", run.by().from())
        .param("key", key.orElse(null))
        .param("nodes", nodes.size())
        .param("owner", owner)
        .update();
    jdbc.sql(INSERT_NODES)
        .param(run.id().value())
        .param(time(run.began()))
        .param(nodes.stream().map(NodeId::value).toArray(String[]::new))
        .update();
  }

  static Optional<RunId> ofKey(JdbcClient jdbc, String caller, String key) {
    return jdbc.sql("select id from run where asked_by = ? and request_key = ?")
        .params(caller, key)
        .query(UUID.class)
        .optional()
        .map(RunId::new);
  }

  /** The first one counts, and none that comes after the end. */
  static void cancel(JdbcClient jdbc, RunId id, Caller by) {
    jdbc.sql(
            "update run set cancelled_by = ?, cancelled_from = ?"
                + " where id = ? and cancelled_by is null and ended is null")
        .params(by.name(), by.from(), id.value())
        .update();
  }

  /** Who has cancelled which of the runs that go on at that webapp. */
  static Map<UUID, Caller> cancelled(JdbcClient jdbc, UUID owner) {
    Map<UUID, Caller> all = new LinkedHashMap<>();
    jdbc.sql(
            "select id, cancelled_by, cancelled_from from run"
                + " where owned_by = ? and ended is null and cancelled_by is not null")
        .param(owner)
        .query(
            row -> {
              all.put(
                  row.getObject("id", UUID.class),
                  new Caller(row.getString("cancelled_by"), row.getString("cancelled_from")));
            });
    return all;
  }

  /** The runs that go on at that webapp. */
  static List<UUID> open(JdbcClient jdbc, UUID owner) {
    return jdbc.sql("select id from run where owned_by = ? and ended is null order by began")
        .param(owner)
        .query(RunRows::id)
        .list();
  }

  static UUID id(ResultSet row, int number) throws SQLException {
    return row.getObject("id", UUID.class);
  }

  /** A run without its nodes and its log. */
  record Row(Summary summary, Optional<Caller> cancelledBy) {}

  static Optional<Row> find(JdbcClient jdbc, UUID id) {
    return jdbc.sql(SUMMARY + "where id = ?").param(id).query(RunRows::row).optional();
  }

  static Map<NodeId, NodeResult> nodes(JdbcClient jdbc, UUID id) {
    Map<NodeId, NodeResult> nodes = new LinkedHashMap<>();
    jdbc.sql(NODES)
        .param(id)
        .query(
            row -> {
              nodes.put(new NodeId(row.getString("node")), result(row));
            });
    return nodes;
  }

  static NodeResult result(ResultSet row) throws SQLException {
    return new NodeResult(
        Tally.State.valueOf(row.getString("state")),
        event(row.getString("last_event"), row.getString("node")),
        instant(row, "began"),
        instant(row, "ended"));
  }

  private static RunEvent event(@Nullable String line, String node) {
    return line == null
        ? new RunEvent.Heartbeat(new NodeId(node))
        : new RunEventDecoder().feed(line.getBytes(UTF_8)).getFirst().event();
  }

  static Row row(ResultSet row, int number) throws SQLException {
    JsonNode request = RecordJson.parse(row.getString("request"));
    RunRecord run =
        new RunRecord(
            new RunId(row.getObject("id", UUID.class)),
            RecordJson.targets(request),
            RecordJson.conditions(request),
            RecordJson.how(request),
            new Caller(row.getString("asked_by"), row.getString("asked_from")),
            instant(row, "began").orElseThrow(),
            RecordJson.retryOf(request));
    Optional<Instant> ended = instant(row, "ended");
    Optional<Caller> cancelledBy =
        Optional.ofNullable(row.getString("cancelled_by"))
            .map(name -> new Caller(name, cancelledFrom(row)));
    State state =
        ended.isPresent()
            ? State.ENDED
            : cancelledBy.isPresent() ? State.CANCELLING : State.RUNNING;
    return new Row(new Summary(run, state, counts(row), ended), cancelledBy);
  }

  private static String cancelledFrom(ResultSet row) {
    try {
      return row.getString("cancelled_from");
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  private static Counts counts(ResultSet row) throws SQLException {
    return new Counts(
        row.getInt("waiting"),
        row.getInt("running"),
        row.getInt("succeeded"),
        row.getInt("agent_errors"),
        row.getInt("failed"),
        row.getInt("stopped"),
        row.getInt("unconfirmed"));
  }

  static Optional<Instant> instant(ResultSet row, String column) throws SQLException {
    return Optional.ofNullable(row.getObject(column, OffsetDateTime.class))
        .map(OffsetDateTime::toInstant);
  }

  static List<Row> list(JdbcClient jdbc, Filter filter, int offset, int limit) {
    Where where = Where.of(filter);
    return jdbc.sql(SUMMARY + where.sql + " order by began desc, id limit :limit offset :offset")
        .params(where.parameters)
        .param("limit", limit)
        .param("offset", offset)
        .query(RunRows::row)
        .list();
  }

  static long count(JdbcClient jdbc, Filter filter) {
    Where where = Where.of(filter);
    return jdbc.sql("select count(*) from run" + where.sql)
        .params(where.parameters)
        .query(Long.class)
        .single();
  }

  /** What of a filter there is, as a condition. */
  private record Where(String sql, Map<String, Object> parameters) {
    static Where of(Filter filter) {
      List<String> all = new ArrayList<>();
      Map<String, Object> parameters = new LinkedHashMap<>();
      filter
          .nodes()
          .ifPresent(
              nodes -> {
                // An empty list matches none, and is no SQL.
                all.add(
                    nodes.isEmpty()
                        ? "1 = 0"
                        : "id in (select run_id from run_node where node = any(:nodes))");
                if (!nodes.isEmpty()) {
                  parameters.put("nodes", nodes.stream().map(NodeId::value).toArray(String[]::new));
                }
              });
      filter.by().ifPresent(by -> add(all, parameters, "asked_by = :by", "by", by));
      filter.since().ifPresent(at -> add(all, parameters, "began >= :since", "since", time(at)));
      filter.until().ifPresent(at -> add(all, parameters, "began < :until", "until", time(at)));
      filter.state().map(Where::is).ifPresent(all::add);
      return new Where(all.isEmpty() ? "" : " where " + String.join(" and ", all), parameters);
    }

    private static void add(
        List<String> all, Map<String, Object> parameters, String sql, String name, Object value) {
      all.add(sql);
      parameters.put(name, value);
    }

    private static String is(State state) {
      return switch (state) {
        case RUNNING -> "ended is null and cancelled_by is null";
        case CANCELLING -> "ended is null and cancelled_by is not null";
        case ENDED -> "ended is not null";
      };
    }
  }
}
