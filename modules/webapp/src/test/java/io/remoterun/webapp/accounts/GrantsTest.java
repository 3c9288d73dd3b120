package io.remoterun.webapp.accounts;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.remoterun.protocol.run.BadRequest;
import io.remoterun.protocol.run.NodeId;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class GrantsTest {
  private static final NodeId WEB = new NodeId("web1");
  private static final NodeId DB = new NodeId("db1");

  /** A node is in the group that its id begins with. */
  private static final Scope.Membership GROUPS = (node, group) -> node.value().startsWith(group);

  @ParameterizedTest
  @EnumSource
  void aRightIsAboutNothingElse(Right right) {
    Grants grants = new Grants(Map.of(right, new Scope.All()));
    for (Right other : Right.values()) {
      boolean implied = other == right || right == Right.ADMIN;
      assertThat(grants.may(other, WEB, GROUPS)).as("%s", other).isEqualTo(implied);
      assertThat(grants.mayEverywhere(other)).as("%s", other).isEqualTo(implied);
      assertThat(grants.maySomewhere(other)).as("%s", other).isEqualTo(implied);
    }
    assertThat(grants.sees(WEB, GROUPS)).isEqualTo(right != Right.STATUS_READ);
  }

  @ParameterizedTest
  @EnumSource
  void aRightForAGroupEndsWithTheGroup(Right right) {
    Grants grants = new Grants(Map.of(right, groups("web")));
    assertThat(grants.may(right, WEB, GROUPS)).isTrue();
    assertThat(grants.may(right, DB, GROUPS)).isFalse();
    assertThat(grants.sees(DB, GROUPS)).isFalse();
    assertThat(grants.mayEverywhere(right)).isFalse();
  }

  @Test
  void whoAdministersAGroupAdministersNothingThatIsNoNode() {
    Grants grants = new Grants(Map.of(Right.ADMIN, groups("web")));
    assertThat(grants.administers()).isFalse();
    assertThat(grants.maySomewhere(Right.ADMIN)).isFalse();
    assertThat(grants.maySomewhere(Right.RUN_TRIGGER)).isTrue();
    assertThat(grants.may(Right.RUN_TRIGGER, WEB, GROUPS)).isTrue();
    assertThat(grants.may(Right.RUN_TRIGGER, DB, GROUPS)).isFalse();
    assertThat(Grants.everything().administers()).isTrue();
  }

  @Test
  void noRightIsNoRight() {
    for (Right right : Right.values()) {
      assertThat(Grants.none().may(right, WEB, GROUPS)).isFalse();
      assertThat(Grants.none().maySomewhere(right)).isFalse();
    }
    assertThat(Grants.none().sees(WEB, GROUPS)).isFalse();
  }

  @Test
  void refusesWhatIsNoRight() {
    assertThatThrownBy(() -> Right.of("run:all"))
        .isInstanceOf(BadRequest.class)
        .hasMessageContaining("run:trigger-conditions");
    assertThatThrownBy(() -> groups()).isInstanceOf(BadRequest.class);
  }

  private static Scope groups(String... names) {
    return new Scope.Groups(new TreeSet<>(List.of(names)));
  }
}
