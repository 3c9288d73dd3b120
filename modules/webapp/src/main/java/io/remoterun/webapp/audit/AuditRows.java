package io.remoterun.webapp.audit;

import io.remoterun.protocol.run.BadRequest;
import io.remoterun.protocol.run.RunId;
import io.remoterun.webapp.runs.Caller;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.springframework.jdbc.core.simple.JdbcClient;

/** The table of the audit log. Blocks. */
final class AuditRows {
  private AuditRows() {}

  /** The last entry. */
  record Head(long sequence, String hash) {}

  static Head head(JdbcClient jdbc) {
    return jdbc.sql("select sequence, hash from audit_head where id = 1")
        .query(AuditRows::headOf)
        .single();
  }

  /** The same, and nobody else can append until the transaction has ended. */
  static Head lockedHead(JdbcClient jdbc) {
    return jdbc.sql("select sequence, hash from audit_head where id = 1 for update")
        .query(AuditRows::headOf)
        .single();
  }

  private static Head headOf(ResultSet row, int number) throws SQLException {
    return new Head(row.getLong(1), row.getString(2));
  }

  static void append(JdbcClient jdbc, ChainedEntry chained) {
    AuditEntry entry = chained.entry();
    jdbc.sql("insert into audit values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)")
        .param(chained.sequence())
        .param(at(chained.when()))
        .param(entry.by().name())
        .param(entry.by().from())
        .param(entry.action().name())
        .param(entry.decision().name())
        .param(entry.run().map(RunId::toString).orElse(null))
        .param(entry.details())
        .param(chained.previousHash())
        .param(chained.hash())
        .update();
    jdbc.sql("update audit_head set sequence = ?, hash = ? where id = 1")
        .param(chained.sequence())
        .param(chained.hash())
        .update();
  }

  /** Those after that one, in order. */
  static List<ChainedEntry> after(JdbcClient jdbc, long sequence, int limit) {
    return jdbc.sql("select * from audit where sequence > ? order by sequence limit ?")
        .param(sequence)
        .param(limit)
        .query(AuditRows::entry)
        .list();
  }

  /** The newest first. */
  static List<ChainedEntry> page(JdbcClient jdbc, AuditFilter filter, int offset, int limit) {
    Where where = Where.of(filter);
    List<Object> values = new ArrayList<>(where.values());
    values.add(limit);
    values.add(offset);
    return jdbc.sql(
            "select * from audit" + where.sql() + " order by sequence desc limit ? offset ?")
        .params(values)
        .query(AuditRows::entry)
        .list();
  }

  static long count(JdbcClient jdbc, AuditFilter filter) {
    Where where = Where.of(filter);
    return jdbc.sql("select count(*) from audit" + where.sql())
        .params(where.values())
        .query(Long.class)
        .single();
  }

  private static ChainedEntry entry(ResultSet row, int number) throws SQLException {
    return new ChainedEntry(
        row.getLong("sequence"),
        row.getObject("written", OffsetDateTime.class).toInstant(),
        content(row),
        row.getString("previous_hash"),
        row.getString("hash"));
  }

  private static AuditEntry content(ResultSet row) throws SQLException {
    Caller by = new Caller(row.getString("who"), row.getString("address"));
    try {
      return new AuditEntry(
          by,
          AuditEntry.Action.valueOf(row.getString("action")),
          AuditEntry.Decision.valueOf(row.getString("decision")),
          Optional.ofNullable(row.getString("run_id")).map(RunId::parse),
          row.getString("details"));
    } catch (IllegalArgumentException | BadRequest e) {
      // Not written by this program: its hash will not be that of this.
      return AuditEntry.refused(by, AuditEntry.Action.REQUEST, "unreadable: " + e.getMessage());
    }
  }

  private static OffsetDateTime at(Instant when) {
    return when.atOffset(ZoneOffset.UTC);
  }

  /** Conditions, and what belongs in their places. */
  private record Where(String sql, List<Object> values) {
    static Where of(AuditFilter filter) {
      List<String> conditions = new ArrayList<>();
      List<Object> values = new ArrayList<>();
      add(conditions, values, "who = ?", filter.who());
      add(conditions, values, "action = ?", filter.action().map(Enum::name));
      add(conditions, values, "decision = ?", filter.decision().map(Enum::name));
      add(conditions, values, "run_id = ?", filter.run());
      add(conditions, values, "written >= ?", filter.since().map(AuditRows::at));
      add(conditions, values, "written < ?", filter.until().map(AuditRows::at));
      return new Where(
          conditions.isEmpty() ? "" : " where " + String.join(" and ", conditions), values);
    }

    private static void add(
        List<String> conditions, List<Object> values, String condition, Optional<?> value) {
      value.ifPresent(
          given -> {
            conditions.add(condition);
            values.add(given);
          });
    }
  }
}
