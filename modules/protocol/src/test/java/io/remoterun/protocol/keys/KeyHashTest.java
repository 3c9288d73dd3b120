package io.remoterun.protocol.keys;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.Base64;
import java.util.HexFormat;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class KeyHashTest {
  private static final KeyHash HASH = KeyHash.of(TestKeys.ALICE.publicKey());

  @Test
  void isTheHashThatOpensslMakes() throws Exception {
    // openssl rsa -RSAPublicKey_in -in throwaway-key.pub -pubout -outform der | sha256sum
    var key = HostKey.readPublic(TestKeys.resource("throwaway-key.pub"));

    assertThat(KeyHash.of(key))
        .isEqualTo(
            KeyHash.parse("sha256:209188da6fef51b364b7ba800240bf4eeebafc56a625dba40afd5cbd7cc2c1ed")
                .orElseThrow());
  }

  @Test
  void isReadInBothForms() {
    String hex = HexFormat.of().formatHex(Base64.getDecoder().decode(HASH.base64()));

    assertThat(KeyHash.parse(HASH.toString())).contains(HASH);
    assertThat(KeyHash.parse(HASH.toString().replace("=", ""))).contains(HASH);
    assertThat(KeyHash.parse("sha256:" + hex)).contains(HASH);
    assertThat(KeyHash.parse("sha256:" + hex.toUpperCase(Locale.ROOT))).contains(HASH);
  }

  @Test
  void isMissingWhereTheNodeHasNoKeyYet() {
    assertThat(KeyHash.parse("sha256:")).isEmpty();
  }

  @Test
  void matchesItsKeyOnly() {
    assertThat(HASH.matches(TestKeys.ALICE.publicKey())).isTrue();
    assertThat(HASH.matches(TestKeys.BOB.publicKey())).isFalse();
  }

  @ParameterizedTest
  @CsvSource({
    "'', should start with sha256// or sha256:",
    "sha1//abcd, should start with sha256// or sha256:",
    "sha256/abcd, should start with sha256// or sha256:",
    "sha256//, 'is 0 bytes long, not 32'",
    "sha256//####, is no base64",
    "sha256//YWJj, 'is 3 bytes long, not 32'",
    "sha256:xx, is no hexadecimal",
    "sha256:abc, is no hexadecimal",
    "sha256:abcd, 'is 2 bytes long, not 32'"
  })
  void saysWhatIsWrong(String text, String problem) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> KeyHash.parse(text))
        .withMessageStartingWith("invalid key hash: ")
        .withMessageEndingWith(problem);
  }
}
