package io.remoterun.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.InstanceOfAssertFactories.STRING;

import io.remoterun.node.access.AccessPolicy;
import io.remoterun.node.access.AdmittedAddresses;
import io.remoterun.node.access.AdmittedKeys;
import io.remoterun.node.agent.AgentStart;
import io.remoterun.protocol.keys.KeyDirectory;
import io.remoterun.testkit.CapturedLog;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.LoggerFactory;

/** What is allowed, and better were not. */
class WarningsTest {
  private static final InetSocketAddress ANYWHERE = new InetSocketAddress(5309);
  private static final InetSocketAddress HERE =
      new InetSocketAddress(InetAddress.getLoopbackAddress(), 5309);

  @TempDir private Path folder = Path.of("");

  @ParameterizedTest
  @ValueSource(strings = {".*", ".+", "[a-zA-Z0-9_]*", "a|.*"})
  void aPatternThatAllowsAnyConditionIsWarnedOf(String pattern) {
    assertThat(told(pattern))
        .contains(
            "WARN remote-run.node.allow-conditions allows any condition, also such as"
                + " ignore_disable_agent");
  }

  @ParameterizedTest
  @ValueSource(strings = {"force_inventory", "force_.*", "a|b"})
  void othersAreNot(String pattern) {
    assertThat(told(pattern)).isEmpty();
  }

  private List<String> told(String pattern) {
    try (CapturedLog log = CapturedLog.of("warnings")) {
      AdmittedKeys keys =
          new AdmittedKeys(List.of("MD5=" + "0".repeat(32)), new KeyDirectory(folder));
      AdmittedAddresses addresses = new AdmittedAddresses(List.of("0.0.0.0/0"));
      List<Pattern> conditions = List.of(Pattern.compile(pattern));
      AccessPolicy policy = new AccessPolicy(keys, addresses, Set.of("root"), conditions);
      PolicyWarnings.tell(policy, LoggerFactory.getLogger("warnings"));
      return log.lines();
    }
  }

  @Test
  void aNodeThatIsRootAndListensToOthersIsWarnedOf() {
    assertThat(RootWarning.of(ANYWHERE, AgentStart.DIRECT, true, false))
        .contains(
            "the node is root: give it a user of its own and remote-run.node.agent.start: helper"
                + " or sudo");
    assertThat(RootWarning.of(ANYWHERE, AgentStart.HELPER, true, false))
        .contains("the node is root: give it a user of its own");
  }

  @Test
  void oneThatIsNotRootOrAloneOrInAContainerIsNot() {
    assertThat(RootWarning.of(ANYWHERE, AgentStart.DIRECT, false, false)).isEmpty();
    assertThat(RootWarning.of(ANYWHERE, AgentStart.DIRECT, true, true)).isEmpty();
    assertThat(RootWarning.of(HERE, AgentStart.DIRECT, true, false)).isEmpty();
  }

  @Test
  void anAgentOfANodeThatIsRootIsWarnedOfWhereOthersCouldChangeIt() {
    List<String> agent = List.of("/tmp/agent", "run");

    assertThat(RootWarning.ofAgent(ANYWHERE, AgentStart.DIRECT, agent, true))
        .contains(
            "the agent runs as root, and others could change it: /tmp can be written by others"
                + " than root");
    assertThat(RootWarning.ofAgent(ANYWHERE, AgentStart.DIRECT, List.of("/etc/passwd"), true))
        .isEmpty();
    assertThat(RootWarning.ofAgent(ANYWHERE, AgentStart.DIRECT, agent, false)).isEmpty();
    assertThat(RootWarning.ofAgent(ANYWHERE, AgentStart.HELPER, agent, true)).isEmpty();
    assertThat(RootWarning.ofAgent(HERE, AgentStart.DIRECT, agent, true)).isEmpty();
  }

  /** In a word of a script there may be anything. */
  @Test
  void aNodeStartsAlsoWhereItCannotBeSeenWhoCouldChangeItsAgent() {
    for (String word : List.of("/" + "x".repeat(300), "/\0")) {
      assertThat(
              RootWarning.ofAgent(ANYWHERE, AgentStart.DIRECT, List.of("/etc/passwd", word), true))
          .get(STRING)
          .startsWith("the agent runs as root, and whose it is cannot be seen: ");
    }
  }
}
