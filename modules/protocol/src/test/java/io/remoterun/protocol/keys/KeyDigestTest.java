package io.remoterun.protocol.keys;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.security.interfaces.RSAPublicKey;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class KeyDigestTest {

  @Test
  void isWhatCfKeyPrints() throws Exception {
    RSAPublicKey key = HostKey.readPublic(TestKeys.resource("throwaway-key.pub"));

    assertThat(KeyDigest.md5(key)).hasToString("MD5=381f45af85a26b6890b70402e1613363");
  }

  @Test
  void namesItsKeyOnly() {
    RSAPublicKey alice = TestKeys.ALICE.publicKey();
    RSAPublicKey bob = TestKeys.BOB.publicKey();

    assertThat(KeyDigest.md5(alice).names(alice)).isTrue();
    assertThat(KeyDigest.sha256(alice).names(alice)).isTrue();
    assertThat(KeyDigest.md5(alice).names(bob)).isFalse();
    assertThat(KeyDigest.sha256(alice).names(bob)).isFalse();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "MD5=",
        "381f45af85a26b6890b70402e1613363",
        "MD5=381f45af85a26b6890b70402e161336",
        "MD5=381F45AF85A26B6890B70402E1613363",
        "MD5=381f45af85a26b6890b70402e1613363\n",
        "SHA=381f45af85a26b6890b70402e1613363",
        "SHA1=381f45af85a26b6890b70402e1613363"
      })
  void refusesAnythingElse(String text) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new KeyDigest(text))
        .withMessageStartingWith("invalid key digest: ");
  }
}
