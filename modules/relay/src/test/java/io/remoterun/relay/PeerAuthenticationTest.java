package io.remoterun.relay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.remoterun.testkit.CapturedLog;
import io.remoterun.testkit.TestKeys;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * How a relay below proves who it is, other than by a key that is known for it. The root relay here
 * knows no key of the one below, which presents a certificate for {@code localhost}.
 */
@Timeout(30)
class PeerAuthenticationTest {
  private final TestAuthority authority = new TestAuthority("authority");
  private final Http http = new Http();
  @TempDir private Path folder;
  private final AtomicInteger above = new AtomicInteger();
  private TestRelay sub;

  @BeforeEach
  void start() throws Exception {
    Path certificate = authority.forHost("localhost", TestKeys.of("sub"), folder);
    sub =
        TestRelay.plan(folder, "sub")
            .node("sub", "root")
            .node("n2", "sub")
            .knowing("root", TestKeys.of("root"))
            .with("https.certificate", certificate.toString())
            .start();
  }

  @AfterEach
  void stop() {
    http.close();
    sub.close();
  }

  @Test
  void aCertificateThatAnAuthorityHasSignedForTheHostNameIsProof() throws Exception {
    assertThat(answer(validating("localhost", authority.in(folder)))).isEqualTo("n2: OK []\n");
  }

  @Test
  void aCertificateForAnotherHostNameIsNone() throws Exception {
    assertThat(answer(validating("127.0.0.1", authority.in(folder))))
        .contains("relay root: relay sub at 127.0.0.1:", "is not who it should be");
    assertThat(sub.nodes().triggered()).isEmpty();
  }

  @Test
  void aCertificateOfAnotherAuthorityIsNone() throws Exception {
    assertThat(answer(validating("localhost", new TestAuthority("other").in(folder))))
        .contains("relay root: relay sub at localhost:", "is not who it should be");
    assertThat(answer(root("localhost").with("peer-authentication", "cert_validation")))
        .contains("is not who it should be");
    assertThat(sub.nodes().triggered()).isEmpty();
  }

  @Test
  void authoritiesThatCannotBeReadAreSaidAtTheStart() throws IOException {
    Path file = Files.writeString(folder.resolve("empty.pem"), "");
    assertThatThrownBy(() -> validating("localhost", file).start().close())
        .hasMessageStartingWith(file + " should hold certificates of authorities, PEM: ");
    assertThatThrownBy(() -> validating("localhost", folder.resolve("no")).start().close())
        .hasMessageStartingWith(folder.resolve("no") + " should hold certificates");
  }

  @Test
  void dangerousNoneAsksForNothingAndSaysSoAtTheStart() throws Exception {
    try (CapturedLog log = CapturedLog.of("remote-run.relay.root")) {
      assertThat(answer(root("127.0.0.1").with("peer-authentication", "dangerous_none")))
          .isEqualTo("n2: OK []\n");
      log.await("WARN relays below are not asked who they are", "is dangerous_none");
    }
  }

  private TestRelay.Plan validating(String host, Path authorities) {
    return root(host)
        .with("peer-authentication", "cert_validation")
        .with("ca-path", authorities.toString());
  }

  private TestRelay.Plan root(String subRelay) {
    return TestRelay.plan(folder.resolve("above-" + above.incrementAndGet()), "root")
        .node("root", "root")
        .node("sub", "root")
        .node("n2", "sub")
        .with("addresses[sub].https", subRelay + ":" + sub.https().getPort());
  }

  private String answer(TestRelay.Plan plan) throws Exception {
    try (TestRelay root = plan.start()) {
      return http.post(root.url(), "/remote-run/nodes/n2", "keep_output=true").body();
    }
  }
}
