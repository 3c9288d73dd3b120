package io.remoterun.webapp.api;

import io.remoterun.protocol.run.BadRequest;
import io.remoterun.protocol.run.Condition;
import io.remoterun.protocol.run.NodeId;
import io.remoterun.protocol.run.Printable;
import io.remoterun.webapp.nodes.Query;
import io.remoterun.webapp.runs.RunRecord;
import io.remoterun.webapp.runs.StopAfter;
import io.remoterun.webapp.runs.Targets;
import java.time.Duration;
import java.time.format.DateTimeParseException;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * The body that asks for a run; see {@code docs/api.md}.
 *
 * @param stopAfter a text or a number
 */
record AskedRun(
    @Nullable AskedTargets targets,
    @Nullable List<@Nullable String> conditions,
    @Nullable String deadline,
    @Nullable Integer concurrency,
    @Nullable JsonNode stopAfter) {
  static final int MOST_NODES = 20_000;
  static final int MOST_CONDITIONS = 100;
  static final int MOST_AT_ONCE = 10_000;

  /** One of these has to be given. */
  record AskedTargets(
      @Nullable List<@Nullable String> nodes,
      @Nullable Boolean all,
      @Nullable String group,
      @Nullable String query) {

    Targets targets() {
      if (Stream.of(nodes, all, group, query).filter(given -> given != null).count() != 1) {
        throw new BadRequest("targets should have one of nodes, all, group and query");
      }
      if (nodes != null) {
        return new Targets.Nodes(ids(nodes));
      }
      if (group != null) {
        return new Targets.Group(group);
      }
      if (query != null) {
        return new Targets.Query(Query.parse(query).toString());
      }
      if (Boolean.FALSE.equals(all)) {
        throw new BadRequest("targets.all should be true, or not be there");
      }
      return new Targets.All();
    }

    static List<NodeId> ids(List<@Nullable String> texts) {
      if (texts.size() > MOST_NODES) {
        throw new BadRequest("more than " + MOST_NODES + " node ids");
      }
      return texts.stream().map(AskedTargets::id).toList();
    }

    private static NodeId id(@Nullable String text) {
      if (text == null) {
        throw new BadRequest("node ids should be texts");
      }
      return new NodeId(text);
    }
  }

  /**
   * @param longest the deadline where none is given; no other may be longer
   * @throws BadRequest when it makes no sense
   */
  Order order(Duration longest, Optional<String> key) {
    if (targets == null) {
      throw new BadRequest("targets is missing");
    }
    RunRecord.How how = new RunRecord.How(deadline(longest), atOnce(), end(), true);
    return new Order(targets.targets(), givenConditions(), how, Optional.empty(), key);
  }

  private List<Condition> givenConditions() {
    List<@Nullable String> texts = conditions == null ? List.of() : conditions;
    return AskedConditions.bounded(
        texts.stream().map(AskedConditions::condition).distinct().toList());
  }

  private Duration deadline(Duration longest) {
    if (deadline == null) {
      return longest;
    }
    Duration asked = duration(deadline);
    if (asked.compareTo(longest) > 0 || asked.compareTo(Duration.ofSeconds(1)) < 0) {
      throw new BadRequest(
          "invalid deadline: " + Printable.of(deadline) + ", should be PT1S to " + longest);
    }
    return asked;
  }

  private static Duration duration(String text) {
    try {
      return Duration.parse(text);
    } catch (DateTimeParseException | ArithmeticException e) {
      throw new BadRequest("invalid deadline: " + Printable.of(text) + ", should be like PT10M");
    }
  }

  private OptionalInt atOnce() {
    if (concurrency == null) {
      return OptionalInt.empty();
    }
    if (concurrency < 1 || concurrency > MOST_AT_ONCE) {
      throw new BadRequest(
          "invalid concurrency: " + concurrency + ", should be 1 to " + MOST_AT_ONCE);
    }
    return OptionalInt.of(concurrency);
  }

  private StopAfter end() {
    if (stopAfter == null || stopAfter.isNull()) {
      return new StopAfter.Never();
    }
    if (!stopAfter.isString() && !stopAfter.isIntegralNumber()) {
      throw new BadRequest("invalid stopAfter: should be like 5, \"5%\" or \"never\"");
    }
    return StopAfter.parse(stopAfter.asString());
  }
}
