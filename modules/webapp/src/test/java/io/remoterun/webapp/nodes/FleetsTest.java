package io.remoterun.webapp.nodes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.remoterun.protocol.run.BadRequest;
import io.remoterun.protocol.run.NodeId;
import io.remoterun.webapp.nodes.Group.Members;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FleetsTest {
  private static final Duration LONG = Duration.ofSeconds(20);
  private static final NodeId N1 = new NodeId("n1");
  private static final NodeId N2 = new NodeId("n2");

  @TempDir Path folder;
  private Path nodesList = Path.of("");
  private Path properties = Path.of("");
  private final Groups groups = new MemoryGroups();

  @BeforeEach
  void write() throws IOException {
    nodesList =
        Files.writeString(
            folder.resolve("nodeslist.json"),
            """
            {"n1":{"hostname":"one.example","policy-server":"root"},
             "n2":{"hostname":"two.example","policy-server":"root"}}
            """);
    properties =
        Files.writeString(
            folder.resolve("properties.json"),
            """
            {"n1":{"os":{"name":"debian","version":13},"roles":["web","db"],"old":null,"vm":true},
             "gone":{"os":{"name":"debian"}}}
            """);
  }

  private Fleets fleets() {
    return new Fleets(nodesList, Optional.of(properties), groups);
  }

  private static Fleet current(Fleets fleets) {
    return fleets.current().blockOptional(LONG).orElseThrow();
  }

  @Test
  void knowsWhatBothFilesSay() {
    Fleet fleet = current(fleets());
    assertThat(fleet.nodes())
        .containsExactly(
            new Node(
                N1,
                "one.example",
                NodeId.ROOT,
                Map.of(
                    "os.name", List.of("debian"),
                    "os.version", List.of("13"),
                    "roles", List.of("web", "db"),
                    "vm", List.of("true"))),
            new Node(N2, "two.example", NodeId.ROOT, Map.of()));
    assertThat(fleet.find(new NodeId("gone"))).isEmpty();
  }

  @Test
  void readsAFileAnewWhenItHasChangedAndOnlyThen() throws IOException {
    FileTime old = FileTime.from(Instant.now().minusSeconds(100));
    Files.setLastModifiedTime(nodesList, old);
    Files.setLastModifiedTime(properties, old);
    Fleets fleets = fleets();
    Fleet first = current(fleets);
    assertThat(current(fleets)).isSameAs(first);

    Files.writeString(properties, "{}");
    assertThat(current(fleets).find(N1).orElseThrow().properties()).isEmpty();
    assertThat(first.find(N1).orElseThrow().properties()).isNotEmpty();

    // Written twice within one tick of the clock, at the same length.
    Files.writeString(properties, "{\"n1\":{\"a\":1}}");
    assertThat(current(fleets).find(N1).orElseThrow().values("a")).containsExactly("1");
    FileTime time = Files.getLastModifiedTime(properties);
    Files.writeString(properties, "{\"n1\":{\"a\":2}}");
    Files.setLastModifiedTime(properties, time);
    assertThat(current(fleets).find(N1).orElseThrow().values("a")).containsExactly("2");
  }

  @Test
  void groupsHaveTheMembersThatThereAre() {
    Fleets fleets = fleets();
    assertThat(current(fleets).members("web")).isEmpty();

    groups
        .save(new Group("web", new Members.Listed(List.of(N2, new NodeId("gone"), N2, N1))))
        .block(LONG);
    groups
        .save(new Group("debians", new Members.Matching(Query.parse("os.name=debian"))))
        .block(LONG);
    Fleet fleet = current(fleets);
    assertThat(fleet.members("web")).containsExactly(N2, N1);
    assertThat(fleet.members("debians")).containsExactly(N1);
    assertThat(fleet.groups()).extracting(Group::name).containsExactly("debians", "web");

    assertThat(groups.remove("web").block(LONG)).isTrue();
    assertThat(groups.remove("web").block(LONG)).isFalse();
    assertThat(current(fleets).members("web")).isEmpty();
    assertThat(fleet.members("web")).isNotEmpty();
  }

  @Test
  void saysWhichFileIsBrokenAndWhere() throws IOException {
    Files.writeString(properties, "{\n\"n1\":{\n");
    assertThatExceptionOfType(UnreadableFleet.class)
        .isThrownBy(() -> current(fleets()))
        .withMessageContaining("properties.json: line ");
    Files.writeString(properties, "{\"n1\":7}");
    assertThatExceptionOfType(UnreadableFleet.class)
        .isThrownBy(() -> current(fleets()))
        .withMessageContaining("node properties are a JSON object of objects");
    Files.delete(nodesList);
    assertThatExceptionOfType(UnreadableFleet.class)
        .isThrownBy(() -> current(fleets()))
        .withMessageContaining("nodeslist.json");
  }

  @Test
  void aGroupsNameIsOneWord() {
    for (String name : List.of("", "a b", "../x", "-a", "a".repeat(65), "a\n")) {
      assertThatExceptionOfType(BadRequest.class)
          .isThrownBy(() -> new Group(name, new Members.Listed(List.of())))
          .withMessageStartingWith("invalid group name: ");
    }
  }
}
