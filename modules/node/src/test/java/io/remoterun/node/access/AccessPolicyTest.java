package io.remoterun.node.access;

import static org.assertj.core.api.Assertions.assertThat;

import io.remoterun.protocol.keys.KeyDirectory;
import io.remoterun.protocol.run.Condition;
import io.remoterun.testkit.TestKeys;
import java.net.InetAddress;
import java.nio.file.Path;
import java.security.PublicKey;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

class AccessPolicyTest {
  @Test
  void comparesWholeConditions() {
    AccessPolicy policy = policy("b", "c.*");

    assertThat(policy.refusal("root", conditions("b"))).isEmpty();
    assertThat(policy.refusal("root", conditions("cat", "b"))).isEmpty();
    assertThat(policy.refusal("root", conditions())).isEmpty();
    assertThat(policy.refusal("root", conditions("abc"))).hasValue(denied("abc"));
    assertThat(policy.refusal("root", conditions("b", "bb"))).hasValue(denied("bb"));
  }

  @Test
  void allowsNoConditionByDefaultAndAnyWhenAskedTo() {
    assertThat(policy().refusal("root", conditions("a"))).hasValue(denied("a"));
    assertThat(policy(".*").refusal("root", conditions("a", "B_2"))).isEmpty();
  }

  @Test
  void allowsNoOtherUser() {
    assertThat(policy(".*").refusal("toor", conditions()))
        .hasValue("user toor is not in allow-users");
  }

  @Test
  void admitsNobodyFromElsewhere() throws Exception {
    PublicKey key = TestKeys.of("relay").publicKey();

    assertThat(policy().admit(InetAddress.ofLiteral("192.0.3.1"), "root", key))
        .isEqualTo(new AccessDecision.Denied("its address is not in admit-addresses"));
    assertThat(policy().admit(InetAddress.ofLiteral("192.0.2.1"), "root", key))
        .isEqualTo(new AccessDecision.Denied("the key is not in admit-keys"));
  }

  @Test
  void knowsWhenEverythingMayBeAskedFor() {
    assertThat(policy(".*").allowsAnyCondition()).isTrue();
    assertThat(policy("a", "(?s)\\w+").allowsAnyCondition()).isTrue();
    assertThat(policy("a.*").allowsAnyCondition()).isFalse();
    assertThat(policy().allowsAnyCondition()).isFalse();
  }

  private static String denied(String condition) {
    return "condition " + condition + " is not in allow-conditions";
  }

  private static AccessPolicy policy(String... patterns) {
    return new AccessPolicy(
        new AdmittedKeys(List.of(), new KeyDirectory(Path.of("/nowhere"))),
        new AdmittedAddresses(List.of("192.0.2.0/24")),
        Set.of("root"),
        Arrays.stream(patterns).map(Pattern::compile).toList());
  }

  private static List<Condition> conditions(String... values) {
    return Arrays.stream(values).map(Condition::new).toList();
  }
}
