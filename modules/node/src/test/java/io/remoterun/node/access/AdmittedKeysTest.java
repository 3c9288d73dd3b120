package io.remoterun.node.access;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.remoterun.protocol.keys.KeyDigest;
import io.remoterun.protocol.keys.KeyHash;
import io.remoterun.testkit.TestHost;
import io.remoterun.testkit.TestKeys;
import java.io.IOException;
import java.nio.file.Path;
import java.security.KeyPairGenerator;
import java.security.PublicKey;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AdmittedKeysTest {
  private static final PublicKey STRANGER = TestKeys.of("stranger").publicKey();

  @TempDir private Path folder = Path.of("");
  private TestHost relay;
  private TestHost node;

  @BeforeEach
  void makesHosts() throws IOException {
    relay = TestHost.make(folder, "relay");
    node = TestHost.make(folder, "node").trusting(relay);
  }

  @Test
  void admitsNobodyUnlessTold() throws Exception {
    AdmittedKeys nobody = admitted();

    assertThat(nobody.areNaming(key())).isFalse();
    assertThat(nobody.admit("root", key()))
        .isEqualTo(new AccessDecision.Denied("the key is not in admit-keys"));
  }

  @Test
  void admitsByEitherDigestWhatIsStored() {
    KeyDigest sha = KeyDigest.sha256(relay.key().publicKey());
    for (KeyDigest digest : List.of(relay.digest(), sha)) {
      AdmittedKeys keys = admitted(digest.value());
      assertThat(keys.areNaming(key())).isTrue();
      assertThat(keys.admit("root", key())).isEqualTo(new AccessDecision.Allowed());
      assertThat(keys.admit("other", key()))
          .isEqualTo(new AccessDecision.Denied("the key is not stored for user other"));
    }
  }

  @Test
  void admitsNoKeyThatIsStoredButNotNamed() throws Exception {
    node.keys().trust("root", TestKeys.of("stranger").publicKey());
    AdmittedKeys keys = admitted(relay.digest().value());

    assertThat(keys.areNaming(STRANGER)).isFalse();
    assertThat(keys.admit("root", STRANGER)).isInstanceOf(AccessDecision.Denied.class);
  }

  @Test
  void admitsByHashWhatIsNotStored() {
    AdmittedKeys keys = admitted(KeyHash.of(STRANGER).toString());

    assertThat(keys.areNaming(STRANGER)).isTrue();
    assertThat(keys.admit("anybody", STRANGER)).isEqualTo(new AccessDecision.Allowed());
    assertThat(keys.areNaming(key())).isFalse();
  }

  @Test
  void admitsNoKeyOfAnotherKind() throws Exception {
    PublicKey elliptic = KeyPairGenerator.getInstance("EC").generateKeyPair().getPublic();

    assertThat(admitted(relay.digest().value()).areNaming(elliptic)).isFalse();
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "md5=00", "MD5=zz", "sha256:", "sha256//x", "root-MD5=00"})
  void refusesWhatNamesNoKey(String name) {
    assertThatIllegalArgumentException().isThrownBy(() -> admitted(name));
  }

  private AdmittedKeys admitted(String... names) {
    return new AdmittedKeys(List.of(names), node.keys());
  }

  private PublicKey key() {
    return relay.key().publicKey();
  }
}
