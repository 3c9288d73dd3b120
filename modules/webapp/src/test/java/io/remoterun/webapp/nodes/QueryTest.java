package io.remoterun.webapp.nodes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.remoterun.protocol.run.BadRequest;
import io.remoterun.protocol.run.NodeId;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class QueryTest {
  private static final Node WEB =
      new Node(
          new NodeId("n1"),
          "web1.example",
          NodeId.ROOT,
          Map.of(
              "os", List.of("debian"),
              "os.version", List.of("13"),
              "roles", List.of("web", "db"),
              "order", List.of("1"),
              "place", List.of("Room \"7\" (\\)")));

  @ParameterizedTest
  @ValueSource(
      strings = {
        "os=debian",
        "  os = debian ",
        "os=debian and hostname~web*",
        "os=sles or roles=db",
        "roles=web and roles=db",
        "not os=sles",
        "NOT os=sles AND NOT (os=rhel OR os=ubuntu)",
        "not not os=debian",
        "os=sles and os=rhel or os=debian",
        "os=debian or os=sles and os=rhel",
        "os=sles or(os=debian)and(order=1)",
        "os!=sles",
        "nothing!=x",
        "nothing!~*",
        "id=n1 and policyServerId=root and os.version=13",
        "hostname~*.example",
        "hostname~web?.*",
        "hostname~*",
        "hostname!~db*",
        "place=\"Room \\\"7\\\" (\\\\)\"",
        "order=1 and os=debian",
      })
  void isMet(String query) {
    assertThat(Query.parse(query).isMetBy(WEB)).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "os=Debian",
        "os=deb",
        "os=deb*",
        "os~deb",
        "nothing=x",
        "nothing~*",
        "not os=debian",
        "not os=sles and os=sles",
        "not (os=sles or os=debian)",
        "roles!=web",
        "hostname~web??.example",
        "hostname~w*x",
        "os=debian and roles=mail",
      })
  void isNotMet(String query) {
    assertThat(Query.parse(query).isMetBy(WEB)).isFalse();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "''|1|the name of a property, \"not\" or \"(\", found the end",
        "os|3|=, !=, ~ or !~, found the end",
        "os=|4|a value; one with spaces or signs in double quotes, found the end",
        "os==a|4|a value; one with spaces or signs in double quotes, found =a",
        "os=a b=c|6|\"and\", \"or\" or the end, found b=c",
        "os=a and|9|the name of a property, \"not\" or \"(\", found the end",
        "(os=a|6|\"and\", \"or\" or \")\", found the end",
        "os=a)|5|\"and\", \"or\" or the end, found )",
        "os=\"a|4|a value that ends with \", found \"a",
        "os=\"a\\b\"|4|a value that ends with \", found \"a\\b\"",
        "os=a or or|11|=, !=, ~ or !~, found the end",
        "1os=a|1|the name of a property, \"not\" or \"(\", found 1os=a",
        "os<a|3|=, !=, ~ or !~, found <a",
      })
  void saysWhereItIsWrong(String query, int position, String expected) {
    assertThatExceptionOfType(BadRequest.class)
        .isThrownBy(() -> Query.parse(query))
        .withMessage("the query is wrong at character " + position + ": expected " + expected);
  }

  @Test
  void hasBounds() {
    assertThatExceptionOfType(BadRequest.class)
        .isThrownBy(() -> Query.parse("a=" + "x".repeat(QueryParser.MOST_CHARACTERS)))
        .withMessage("a query has at most 4096 characters");
    assertThatExceptionOfType(BadRequest.class)
        .isThrownBy(() -> Query.parse("(".repeat(51)))
        .withMessage("the query is nested more than 50 deep at character 51");
    assertThat(Query.parse("(".repeat(49) + "os=debian" + ")".repeat(49)).isMetBy(WEB)).isTrue();
  }

  @Test
  void manyStarsTakeNoLongTime() {
    Wildcards pattern = new Wildcards("*a".repeat(200) + "b");
    Assertions.assertTimeoutPreemptively(
        Duration.ofSeconds(5), () -> assertThat(pattern.match("a".repeat(5000))).isFalse());
  }
}
