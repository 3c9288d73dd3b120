package io.remoterun.webapp.store;

import io.remoterun.protocol.run.NodeId;
import io.remoterun.protocol.run.RunId;
import io.remoterun.webapp.runs.LastRun;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.UUID;
import org.springframework.jdbc.core.simple.JdbcClient;

/** The newest run of each of some nodes, by one statement. */
final class LastRunRows {
  /** For each node one look into the index, however many runs there are. */
  private static final String NEWEST =
      """
      select n.node, n.run_id, n.asked, n.state, n.last_event, n.began, n.ended from (
        select wanted.id, (
          select m.run_id from run_node m where m.node = wanted.id order by m.node, m.asked desc limit 1) as run_id
        from unnest(cast(? as varchar(128) array)) as wanted (id)) as newest
      join run_node n on n.run_id = newest.run_id and n.node = newest.id
      """;

  private LastRunRows() {}

  static Map<NodeId, LastRun> of(JdbcClient jdbc, Collection<NodeId> nodes) {
    Map<NodeId, LastRun> found = new LinkedHashMap<>();
    jdbc.sql(NEWEST)
        .param(nodes.stream().map(NodeId::value).toArray(String[]::new))
        .query(
            row -> {
              found.put(new NodeId(row.getString("node")), lastRun(row));
            });
    return found;
  }

  private static LastRun lastRun(ResultSet row) throws SQLException {
    return new LastRun(
        new RunId(row.getObject("run_id", UUID.class)),
        RunRows.instant(row, "asked").orElseThrow(),
        RunRows.result(row));
  }
}
