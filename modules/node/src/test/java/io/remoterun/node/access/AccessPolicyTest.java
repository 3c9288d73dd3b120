package io.remoterun.node.access;

import static org.assertj.core.api.Assertions.assertThat;

import io.remoterun.protocol.run.Condition;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

class AccessPolicyTest {
  private static final AccessDecision ALLOWED = new AccessDecision.Allowed();

  @Test
  void comparesWholeConditions() {
    AccessPolicy policy = policy("b", "c.*");

    assertThat(policy.decide("root", conditions("b"))).isEqualTo(ALLOWED);
    assertThat(policy.decide("root", conditions("cat", "b"))).isEqualTo(ALLOWED);
    assertThat(policy.decide("root", conditions())).isEqualTo(ALLOWED);
    assertThat(policy.decide("root", conditions("abc"))).isEqualTo(denied("abc"));
    assertThat(policy.decide("root", conditions("b", "bb"))).isEqualTo(denied("bb"));
  }

  @Test
  void allowsNoConditionByDefaultAndAnyWhenAskedTo() {
    assertThat(policy().decide("root", conditions("a"))).isEqualTo(denied("a"));
    assertThat(policy(".*").decide("root", conditions("a", "B_2"))).isEqualTo(ALLOWED);
  }

  @Test
  void allowsNoOtherUser() {
    assertThat(policy(".*").decide("toor", conditions()))
        .isEqualTo(new AccessDecision.Denied("user toor is not in allow-users"));
  }

  private static AccessDecision denied(String condition) {
    return new AccessDecision.Denied("condition " + condition + " is not in allow-conditions");
  }

  private static AccessPolicy policy(String... patterns) {
    return new AccessPolicy(Set.of("root"), Arrays.stream(patterns).map(Pattern::compile).toList());
  }

  private static List<Condition> conditions(String... values) {
    return Arrays.stream(values).map(Condition::new).toList();
  }
}
