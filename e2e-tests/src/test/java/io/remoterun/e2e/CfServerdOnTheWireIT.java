package io.remoterun.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.remoterun.testkit.CfengineDialogue;
import io.remoterun.testkit.CfengineHost;
import io.remoterun.testkit.NeedsProgram;
import io.remoterun.testkit.RealCfServerd;
import io.remoterun.testkit.TestHost;
import io.remoterun.testkit.TestKeys;
import io.remoterun.testkit.Wire;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What the real cf-serverd says: the facts that our client, and our node, are built on. */
@NeedsProgram("cf-serverd")
class CfServerdOnTheWireIT {
  @TempDir private Path folder = Path.of("");
  private TestHost relay;
  private CfengineHost node;

  @BeforeEach
  void makesHosts() throws IOException {
    relay = TestHost.make(folder, "relay");
    node = CfengineHost.on(TestHost.make(folder, "node"));
  }

  @Test
  void framesEachLineOfTheAgent() throws IOException {
    Path agent =
        node.script(
            "agent",
            """
            echo "classes: $*"
            echo
            echo "to stderr" >&2
            printf '\\351 no UTF-8\\t\\r\\n'
            printf 'last line without line feed'
            exit 7
            """);
    assertThat(answer(agent, "EXEC -Dclass1,class2"))
        .containsExactly(
            "cf-serverd executing cfruncommand: " + agent + " -D class1,class2\n",
            "> classes: -D class1,class2\n",
            "> \n",
            "> to stderr\n",
            "> \u00e9 no UTF-8\t\r\n",
            "> last line without line feed\n",
            "(exit code: 7)\n");
  }

  @Test
  void losesWhatItHasNoRoomFor() throws IOException {
    Path agent =
        node.script(
            "agent",
            """
            head -c 10000 /dev/zero | tr '\\0' x; echo
            printf 'before\\0after NUL\\n'
            echo end
            """);
    assertThat(answer(agent, "EXEC"))
        .containsExactly(
            "cf-serverd executing cfruncommand: " + agent + "\n",
            "> " + "x".repeat(4083) + "\n",
            "> before\n",
            "> end\n",
            "(exit code: 0)\n");
  }

  @Test
  void saysNothingOfAnAgentThatWasKilled() throws IOException {
    Path agent = node.script("agent", "echo begin; kill -9 $$\n");

    assertThat(answer(agent, "EXEC"))
        .containsExactly("cf-serverd executing cfruncommand: " + agent + "\n", "> begin\n");
  }

  @Test
  void saysThatItCannotStartTheAgentAsIfTheAgentDid() throws IOException {
    Path agent = node.script("agent", "");
    Files.writeString(agent, "#!/nonexistent\n");

    assertThat(answer(agent, "EXEC"))
        .containsExactly(
            "cf-serverd executing cfruncommand: " + agent + "\n",
            ">    error: 127.0.0.1>       Couldn't run '"
                + agent
                + "'. (execv: No such file or directory)\n",
            "(exit code: 1)\n");
  }

  @ParameterizedTest
  @CsvSource({
    "EXEC -Dother, EXEC denied role activation (check cf-serverd verbose output)",
    "EXEC -Dclass1;id, EXEC denied role activation (check cf-serverd verbose output)",
    "EXEC -Dclass1 -b bundle, EXEC denied bundle activation (check cf-serverd verbose output)",
    "EXEC --version, EXEC denied: invalid arguments: --version"
  })
  void refusesInASentence(String request, String sentence) throws IOException {
    Path agent = node.script("agent", "echo ran\n");

    assertThat(answer(agent, request)).containsExactly(sentence);
  }

  @Test
  void doesNotSayWhatIsWrongWithTheUserOrTheAgent() throws IOException {
    Path agent = node.script("agent", "echo ran\n");
    node.keys().keys().trust("other", relay.key().publicKey());
    String refusal = "BAD: Unspecified server refusal (see verbose server output)";

    assertThat(answer(agent, "other", "EXEC")).containsExactly(refusal);
    try (RealCfServerd server = RealCfServerd.start(node, agent, relay, ".*");
        Wire wire = Wire.connect(server.port(), relay.key())) {
      Files.delete(agent);
      CfengineDialogue.identify(wire, CfengineHost.USER);
      CfengineDialogue.request(wire, "EXEC");
      assertThat(CfengineDialogue.hearAnswer(wire)).containsExactly(refusal);
    }
  }

  @Test
  void closesAfterItRefusedAnythingElse() throws IOException {
    Path agent = node.script("agent", "echo ran\n");
    try (RealCfServerd server = RealCfServerd.start(node, agent, relay, ".*");
        Wire wire = Wire.connect(server.port(), relay.key())) {
      CfengineDialogue.identify(wire, CfengineHost.USER);
      wire.sendFrame('t', "GET /etc/passwd");
      assertThat(wire.readFrame().text()).isEqualTo("BAD: Request denied");
      assertThat(wire.awaitClose()).isEmpty();
    }
  }

  @Test
  void closesWithoutAWordOnAStranger() throws IOException {
    Path agent = node.script("agent", "echo ran\n");
    try (RealCfServerd server = RealCfServerd.start(node, agent, relay, ".*");
        Wire wire = Wire.connect(server.port(), TestKeys.of("stranger"))) {
      assertThat(wire.readLine()).startsWith("CFE_v");
      wire.send("CFE_v2 cf-agent 3.21.0\nIDENTITY USERNAME=" + CfengineHost.USER + "\n");
      assertThat(wire.awaitClose()).isEmpty();
    }
  }

  private List<String> answer(Path agent, String request) throws IOException {
    return answer(agent, CfengineHost.USER, request);
  }

  private List<String> answer(Path agent, String user, String request) throws IOException {
    try (RealCfServerd server = RealCfServerd.start(node, agent, relay, "class.*");
        Wire wire = Wire.connect(server.port(), relay.key())) {
      assertThat(CfengineDialogue.identify(wire, user)).isEqualTo("OK WELCOME USERNAME=" + user);
      CfengineDialogue.request(wire, request);
      return CfengineDialogue.hearAnswer(wire);
    }
  }
}
