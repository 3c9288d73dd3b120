package io.remoterun.relay.topology;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;

import io.remoterun.protocol.keys.NodeCertificates;
import io.remoterun.protocol.nodelist.NodeEntry;
import io.remoterun.protocol.run.NodeId;
import io.remoterun.protocol.run.RunTarget;
import io.remoterun.testkit.CapturedLog;
import io.remoterun.testkit.TestKeys;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

/** The two files, as Rudder and administrators can write them. */
class FleetTest {
  private static final String LOGGER = "remote-run.relay.fleet-test";

  @TempDir private Path folder = Path.of("");

  @Test
  void loopsOrphansAndMissingHashesCostNobodyElseHisWay() throws IOException {
    Fleet fleet =
        read(
            "root",
            """
            {"root": {"hostname": "server", "policy-server": "root"},
             "n1": {"hostname": "n1", "policy-server": "root"},
             "n2": {"hostname": "n2", "policy-server": "root", "key-hash": "sha256:"},
             "orphan": {"hostname": "o", "policy-server": "gone"},
             "a": {"hostname": "a", "policy-server": "b"},
             "b": {"hostname": "b", "policy-server": "a"}}
            """);

    Map<Boolean, List<String>> reachable =
        fleet.topology().routesTo(RunTarget.all()).stream()
            .collect(
                Collectors.partitioningBy(
                    Route.Mine.class::isInstance,
                    Collectors.mapping(FleetTest::idOf, Collectors.toList())));
    assertThat(reachable.get(true)).containsExactly("root", "n1", "n2");
    assertThat(reachable.get(false)).containsExactly("orphan", "a", "b");
    assertThat(fleet.keysOf(new NodeId("n1"))).isEmpty();
    assertThat(fleet.keysOf(new NodeId("n2"))).isEmpty();
  }

  @Test
  void nodesWithOneHostNameAreStillSeveralNodes() throws IOException {
    Fleet fleet =
        read(
            "root",
            """
            {"n1": {"hostname": "same", "policy-server": "root"},
             "n2": {"hostname": "same", "policy-server": "root"}}
            """);

    assertThat(fleet.topology().routesTo(RunTarget.all()))
        .extracting(FleetTest::idOf)
        .containsExactly("n1", "n2");
  }

  @Test
  void anIdThatIsThereTwiceMakesTheWholeListUseless() {
    assertThatIOException()
        .isThrownBy(
            () ->
                read(
                    "root",
                    """
                    {"n1": {"hostname": "a", "policy-server": "root"},
                     "n1": {"hostname": "b", "policy-server": "root"}}
                    """))
        .withMessageContaining(list() + ": line 2: ")
        .withMessageContaining("n1");
  }

  @Test
  void aNodeMayHaveSeveralCertificatesAndStrangersAreLeftOut() throws Exception {
    certificates(certificate("old", "n1"), certificate("stranger", "n9"), certificate("new", "n1"));
    try (CapturedLog log = CapturedLog.of(LOGGER)) {
      Fleet fleet = read("root", "{\"n1\": {\"hostname\": \"n1\", \"policy-server\": \"root\"}}");

      log.await("WARN " + pem() + ": the certificates of n9 are left out: it is not in " + list());
      assertThat(fleet.certificates().nodes()).containsExactly(new NodeId("n1"));
      assertThat(fleet.keysOf(new NodeId("n1")).orElseThrow())
          .accepts(TestKeys.of("old").publicKey(), TestKeys.of("new").publicKey())
          .rejects(TestKeys.of("stranger").publicKey());
    }
  }

  @Test
  void thePolicyServersCertificateCountsAlthoughTheListOnlyNamesIt() throws IOException {
    certificates(certificate("root", "root"));
    Fleet fleet = read("r1", "{\"r1\": {\"hostname\": \"r1\", \"policy-server\": \"root\"}}");

    assertThat(fleet.keysOf(NodeId.ROOT)).isPresent();
  }

  /** A hundred relays with 999 nodes each. */
  @Test
  @Timeout(30)
  void aHundredThousandEntriesLoad() throws IOException {
    String nodes =
        IntStream.range(0, 100_000)
            .mapToObj(i -> entry(i, i % 1000 == 0 ? "root" : "n" + i / 1000 * 1000))
            .collect(Collectors.joining(",\n", "{", "}"));

    Topology topology = read("root", nodes).topology();

    assertThat(topology.mine()).isEqualTo(100);
    assertThat(topology.size()).isEqualTo(100_000);
    assertThat(topology.routesTo(RunTarget.all())).hasSize(200);
    assertThat(topology.routesTo(RunTarget.node(new NodeId("n99999"))))
        .containsExactly(
            new Route.Via(
                topology.find(new NodeId("n99000")).orElseThrow(), List.of(new NodeId("n99999"))));
    assertThat(topology.routesTo(RunTarget.all())).isSameAs(topology.routesTo(RunTarget.all()));
  }

  private static String entry(int number, String policyServer) {
    return "\"n%d\":{\"hostname\":\"n%d.example.org\",\"policy-server\":\"%s\"}"
        .formatted(number, number, policyServer);
  }

  private static String idOf(Route route) {
    return switch (route) {
      case Route.Mine(NodeEntry node) -> node.id().value();
      case Route.Via via -> via.relay().id().value();
      case Route.Nowhere nowhere -> nowhere.node().value();
    };
  }

  private static X509Certificate certificate(String key, String node) {
    return TestKeys.of(key).certificateOf(new NodeId(node));
  }

  private void certificates(X509Certificate... all) throws IOException {
    NodeCertificates.write(pem(), Stream.of(all).toList());
  }

  private Fleet read(String self, String json) throws IOException {
    Files.writeString(list(), json);
    return Fleet.read(new NodeId(self), list(), pem(), LoggerFactory.getLogger(LOGGER));
  }

  private Path list() {
    return folder.resolve("nodeslist.json");
  }

  private Path pem() {
    return folder.resolve("allnodescerts.pem");
  }
}
