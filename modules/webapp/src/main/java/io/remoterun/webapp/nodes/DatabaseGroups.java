package io.remoterun.webapp.nodes;

import io.remoterun.protocol.run.BadRequest;
import io.remoterun.protocol.run.NodeId;
import io.remoterun.webapp.nodes.Group.Members;
import io.remoterun.webapp.store.Database;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DuplicateKeyException;
import org.springframework.jdbc.core.simple.JdbcClient;
import reactor.core.publisher.Mono;
import reactor.util.retry.Retry;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Keeps groups in the database, for all webapps that share it. */
public final class DatabaseGroups implements Groups {
  private static final Logger log = LoggerFactory.getLogger("remote-run.webapp");
  private static final JsonMapper JSON = new JsonMapper();

  private final Database database;

  public DatabaseGroups(Database database) {
    this.database = database;
  }

  private record Row(String name, String members) {}

  @Override
  public Mono<List<Group>> all() {
    return database
        .call(
            jdbc ->
                jdbc.sql("select name, members from node_group order by name")
                    .query(Row.class)
                    .list())
        .map(rows -> rows.stream().map(DatabaseGroups::group).toList());
  }

  @Override
  public Mono<Void> save(Group group) {
    String members = json(group.members()).toString();
    return database
        .run(jdbc -> save(jdbc, group.name(), members))
        // Somebody else has just made it.
        .retryWhen(Retry.max(1).filter(DuplicateKeyException.class::isInstance));
  }

  private static void save(JdbcClient jdbc, String name, String members) {
    int changed =
        jdbc.sql("update node_group set members = :members where name = :name")
            .param("members", members)
            .param("name", name)
            .update();
    if (changed == 0) {
      jdbc.sql("insert into node_group (name, members) values (:name, :members)")
          .param("name", name)
          .param("members", members)
          .update();
    }
  }

  @Override
  public Mono<Boolean> remove(String name) {
    return database.call(
        jdbc -> jdbc.sql("delete from node_group where name = ?").param(name).update() > 0);
  }

  private static ObjectNode json(Members members) {
    ObjectNode json = JSON.createObjectNode();
    switch (members) {
      case Members.Listed(List<NodeId> ids) -> {
        ArrayNode nodes = json.putArray("nodes");
        ids.forEach(id -> nodes.add(id.value()));
      }
      case Members.Matching(Query query) -> json.put("query", query.toString());
    }
    return json;
  }

  /** One that cannot be read, which only another version can have written, has no nodes. */
  private static Group group(Row row) {
    try {
      return new Group(row.name(), members(JSON.readTree(row.members())));
    } catch (BadRequest e) {
      log.error("the saved group {} cannot be used: {}", row.name(), e.getMessage());
      return new Group(row.name(), new Members.Listed(List.of()));
    }
  }

  private static Members members(JsonNode json) {
    return json.has("query")
        ? new Members.Matching(Query.parse(json.path("query").asString()))
        : new Members.Listed(
            json.path("nodes").valueStream().map(id -> new NodeId(id.asString())).toList());
  }
}
