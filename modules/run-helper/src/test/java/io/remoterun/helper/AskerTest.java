package io.remoterun.helper;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.FileSystems;
import java.nio.file.attribute.UserPrincipal;
import java.nio.file.attribute.UserPrincipalLookupService;
import org.junit.jupiter.api.Test;

class AskerTest {
  private static final UserPrincipalLookupService USERS =
      FileSystems.getDefault().getUserPrincipalLookupService();

  @Test
  void mayAskWithTheIdOfTheUserThatMay() throws IOException {
    for (String mayAsk : new String[] {"daemon", "root"}) {
      Asker asker = asker(USERS.lookupPrincipalByName(mayAsk));
      assertThatCode(() -> asker.mustBe("daemon")).doesNotThrowAnyException();
    }
    Asker nobody = asker(USERS.lookupPrincipalByName("nobody"));
    assertThatThrownBy(() -> nobody.mustBe("daemon"))
        .isInstanceOf(Refusal.class)
        .hasMessage("user nobody may not ask, only daemon and root");
  }

  /** A directory of users may have one more of that name. */
  @Test
  void mayNotAskWithTheNameOnly() {
    for (String name : new String[] {"daemon", "root"}) {
      assertThatThrownBy(() -> asker(() -> name).mustBe("daemon")).isInstanceOf(Refusal.class);
    }
  }

  @Test
  void nobodyMayAskWhereTheUserThatMayIsNotThere() {
    assertThatThrownBy(() -> asker(() -> "no such user").mustBe("no-such-user"))
        .isInstanceOf(Refusal.class)
        .hasMessage("there is no user no-such-user");
  }

  @Test
  void hasANameThatLooksLikeNoOtherPartOfTheAuditLog() {
    assertThat(asker(() -> "me job=agent starts").name()).isEqualTo("me?job=agent?starts");
  }

  private static Asker asker(UserPrincipal user) {
    return new Asker(user, InputStream.nullInputStream(), OutputStream.nullOutputStream());
  }
}
