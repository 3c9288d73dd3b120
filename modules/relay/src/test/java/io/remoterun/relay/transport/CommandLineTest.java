package io.remoterun.relay.transport;

import static org.assertj.core.api.Assertions.assertThat;

import io.remoterun.protocol.nodelist.NodeEntry;
import io.remoterun.protocol.run.Condition;
import io.remoterun.protocol.run.NodeId;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CommandLineTest {
  private static final List<Condition> TWO = List.of(new Condition("a"), new Condition("b"));

  @Test
  void isTheOneOfRuddersRelayd() {
    List<NodeEntry> hosts = List.of(host("h1.example"), host("192.0.2.7"));

    assertThat(CommandLine.of(true, "/opt/rudder/bin/rudder", TWO).with(hosts))
        .containsExactly(
            "sudo",
            "/opt/rudder/bin/rudder",
            "remote",
            "run",
            "-D",
            "a,b",
            "--",
            "h1.example,192.0.2.7");
    assertThat(CommandLine.of(false, "rudder", List.of()).with(hosts))
        .containsExactly("rudder", "remote", "run", "--", "h1.example,192.0.2.7");
  }

  @Test
  void noArgumentIsLongerThanLinuxTakes() {
    List<NodeEntry> hosts =
        IntStream.range(0, 10_000).mapToObj(i -> host("node" + i + ".some.long.example")).toList();
    CommandLine line = CommandLine.of(true, "rudder", TWO);
    List<List<NodeEntry>> parts = line.parts(hosts, Integer.MAX_VALUE);

    assertThat(parts).hasSize(3);
    assertThat(parts.stream().flatMap(List::stream)).containsExactlyElementsOf(hosts);
    assertThat(parts)
        .allSatisfy(
            part ->
                assertThat("SUDO_COMMAND=" + String.join(" ", line.with(part)))
                    .hasSizeLessThan(128 << 10));
  }

  @Test
  void noPartHasMoreHostsThanItMay() {
    List<NodeEntry> five = Collections.nCopies(5, host("h"));
    CommandLine line = CommandLine.of(false, "rudder", List.of());

    assertThat(line.parts(five, 2)).extracting(List::size).containsExactly(2, 2, 1);
    assertThat(line.parts(five, 1)).extracting(List::size).containsExactly(1, 1, 1, 1, 1);
    assertThat(line.parts(five, 5)).extracting(List::size).containsExactly(5);
    assertThat(line.parts(List.of(), 5)).isEmpty();
  }

  @Test
  void conditionsMayLeaveNoRoom() {
    Condition long1 = new Condition("c".repeat(1024));
    CommandLine line = CommandLine.of(true, "rudder", Collections.nCopies(116, long1));

    assertThat(line.hasRoom()).isTrue();
    assertThat(line.parts(List.of(host("h".repeat(255)), host("i")), 9)).isNotEmpty();
    assertThat(CommandLine.of(true, "rudder", Collections.nCopies(117, long1)).hasRoom()).isFalse();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"server.rudder.local", "192.0.2.7", "::1", "2001:db8::7", "h_1", "xn--caf-dma.fr"})
  void takesHosts(String name) {
    assertThat(CommandLine.isHost(name)).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "-h",
        "--help",
        "a,b",
        "a b",
        "a\tb",
        "a\n",
        "a;id",
        "$(id)",
        "`id`",
        "a*",
        "../a",
        "caf\u00e9",
        "a\0",
        "a'b",
        ".hidden"
      })
  void takesNothingElse(String name) {
    assertThat(CommandLine.isHost(name)).isFalse();
    assertThat(CommandLine.isHost("a".repeat(256))).isFalse();
  }

  private static NodeEntry host(String name) {
    return new NodeEntry(new NodeId("n"), name, Optional.empty(), NodeId.ROOT);
  }
}
