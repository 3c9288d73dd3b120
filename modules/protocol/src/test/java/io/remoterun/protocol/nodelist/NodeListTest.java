package io.remoterun.protocol.nodelist;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;

import io.remoterun.protocol.keys.KeyHash;
import io.remoterun.protocol.run.NodeId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NodeListTest {
  @TempDir private Path folder;

  @Test
  void readsEveryNodeInTheOrderOfTheFile() throws IOException {
    NodeList list =
        read(
            """
            {"root": {"hostname": "server.example.org", "policy-server": "root"},
             "n2": {"hostname": "n2.example.org", "policy-server": "root", "later": {"a": [1]}},
             "n1": {"hostname": "192.0.2.1", "policy-server": "n2", "key-hash": null}}
            """);

    assertThat(list.nodes())
        .extracting(NodeEntry::id)
        .extracting(NodeId::value)
        .containsExactly("root", "n2", "n1");
    assertThat(list.find(new NodeId("n1")))
        .contains(new NodeEntry(new NodeId("n1"), "192.0.2.1", Optional.empty(), new NodeId("n2")));
    assertThat(list.find(new NodeId("n3"))).isEmpty();
    assertThat(list.problems()).isEmpty();
  }

  @Test
  void readsEveryFormOfKeyHash() throws IOException {
    String hex = "00".repeat(31) + "ff";
    String base64 = "A".repeat(41) + "P8=";
    NodeList list =
        read(
            """
            {"n1": {"hostname": "a", "policy-server": "root", "key-hash": "sha256//%s"},
             "n2": {"hostname": "b", "policy-server": "root", "key-hash": "sha256:%s"},
             "n3": {"hostname": "c", "policy-server": "root", "key-hash": "sha256:"},
             "n4": {"hostname": "d", "policy-server": "root", "key-hash": "md5:00"}}
            """
                .formatted(base64, hex));

    assertThat(list.nodes())
        .extracting(NodeEntry::keyHash)
        .containsExactly(
            Optional.of(new KeyHash(base64)), Optional.of(new KeyHash(base64)), Optional.empty());
    assertThat(list.problems()).hasSize(1).first().asString().contains("node n4", "md5:00");
  }

  @Test
  void oneBadEntryDoesNotHideTheOthers() throws IOException {
    NodeList list =
        read(
            """
            {"../n1": {"hostname": "a", "policy-server": "root"},
             "n2": {"policy-server": "root"},
             "n3": {"hostname": "c", "policy-server": 3},
             "n4": "d",
             "n5": {"hostname": "e", "policy-server": "root"}}
            """);

    assertThat(list.nodes()).extracting(NodeEntry::id).containsExactly(new NodeId("n5"));
    assertThat(list.problems())
        .containsExactly(
            file() + ": node ../n1 is left out: invalid node id: ../n1",
            file() + ": node n2 is left out: hostname should be a text that is not empty",
            file() + ": node n3 is left out: policy-server should be a text that is not empty",
            file() + ": node n4 is left out: it should be a JSON object");
  }

  @Test
  void brokenJsonIsAnErrorThatNamesFileAndLine() {
    assertThatIOException()
        .isThrownBy(() -> read("{\"root\":\n {\"hostname\": }}"))
        .withMessageStartingWith(file() + ": line 2: ");
    assertThatIOException().isThrownBy(() -> read("{} {}")).withMessageStartingWith(file() + ": ");
    assertThatIOException().isThrownBy(() -> read("")).withMessageStartingWith(file() + ": ");
    assertThatIOException().isThrownBy(() -> read("[]")).withMessageStartingWith(file() + ": ");
  }

  @Test
  void anIdThatIsThereTwiceIsAnError() {
    assertThatIOException()
        .isThrownBy(
            () ->
                read(
                    """
                    {"n1": {"hostname": "a", "policy-server": "root"},
                     "n1": {"hostname": "b", "policy-server": "root"}}
                    """))
        .withMessageContaining(file().toString())
        .withMessageContaining("n1");
  }

  @Test
  void aMissingFileIsNamed() {
    assertThatIOException().isThrownBy(() -> NodeList.read(file())).withMessage(file().toString());
  }

  private NodeList read(String json) throws IOException {
    return NodeList.read(Files.writeString(file(), json));
  }

  private Path file() {
    return folder.resolve("nodeslist.json");
  }
}
