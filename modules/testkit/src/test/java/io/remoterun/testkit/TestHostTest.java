package io.remoterun.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TestHostTest {
  @TempDir private Path folder = Path.of("");

  @Test
  void hasAPairAndTrustsOthers() throws IOException {
    TestHost relay = TestHost.make(folder, "relay");
    TestHost node = TestHost.make(folder, "node").trusting(relay);

    assertThat(node.keys().hostKey().publicKey()).isEqualTo(node.key().publicKey());
    assertThat(node.keys().isTrusted("root", relay.key().publicKey())).isTrue();
    assertThat(relay.keys().isTrusted("root", node.key().publicKey())).isFalse();
    assertThat(relay.hash().matches(relay.key().publicKey())).isTrue();
  }
}
