package io.remoterun.node.access;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.remoterun.protocol.keys.KeyDigest;
import io.remoterun.protocol.keys.KeyDirectory;
import io.remoterun.protocol.keys.KeyHash;
import io.remoterun.testkit.TestHost;
import io.remoterun.testkit.TestKeys;
import java.io.IOException;
import java.nio.file.Files;
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
      assertThat(keys.admit("root", key())).isEqualTo(new AccessDecision.Allowed(digest.value()));
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
    String hash = KeyHash.of(STRANGER).toString();
    AdmittedKeys keys = admitted(hash);

    assertThat(keys.areNaming(STRANGER)).isTrue();
    assertThat(keys.admit("anybody", STRANGER)).isEqualTo(new AccessDecision.Allowed(hash));
    assertThat(keys.areNaming(key())).isFalse();
  }

  @Test
  void admitsNoKeyOfAnotherKind() throws Exception {
    PublicKey elliptic = KeyPairGenerator.getInstance("EC").generateKeyPair().getPublic();

    assertThat(admitted(relay.digest().value()).areNaming(elliptic)).isFalse();
  }

  @Test
  void admitsTheKeyThatRuddersAgentHasWrittenDown() throws Exception {
    node.keys().trust("root", TestKeys.of("stranger").publicKey());
    writeHash(relay.digest() + "\n");
    AdmittedKeys keys = admitted("policy-server");

    assertThat(keys.admit("root", key())).isEqualTo(new AccessDecision.Allowed("policy-server"));
    assertThat(keys.areNaming(STRANGER)).isFalse();
    assertThat(policyServer(keys).problem()).isEmpty();
  }

  @Test
  void admitsTheOnlyKeyThatIsStoredForRootAsThePolicyServers() throws Exception {
    node.trusting(node);
    node.keys().trust("other", TestKeys.of("stranger").publicKey());
    AdmittedKeys keys = admitted("policy-server");

    assertThat(keys.areNaming(key())).isTrue();
    assertThat(keys.areNaming(node.key().publicKey())).isFalse();
  }

  @Test
  void admitsNobodyWhereItIsNotClearWhoThePolicyServerIs() throws Exception {
    AdmittedKeys keys = admitted("policy-server");
    PolicyServerKey policyServer = policyServer(keys);
    assertThat(policyServer.isAnother()).isFalse();

    node.keys().trust("root", TestKeys.of("stranger").publicKey());
    assertThat(policyServer.isAnother()).isTrue();
    assertThat(keys.areNaming(key())).isFalse();
    assertThat(keys.areNaming(STRANGER)).isFalse();
    assertThat(policyServer.problem()).hasValue("2 keys root-....pub are stored: name the one");

    writeHash("no digest");
    assertThat(policyServer.isAnother()).isTrue();
    assertThat(policyServer.problem().orElseThrow())
        .startsWith("it cannot be read: " + node.ppkeys())
        .endsWith("policy_server_hash: holds no key digest");
    assertThat(admittedIn(folder.resolve("nowhere")).policyServer().orElseThrow().problem())
        .hasValue("no key root-....pub is stored: let the agent get its policies once");
  }

  private void writeHash(String text) throws IOException {
    Files.writeString(node.ppkeys().resolve("policy_server_hash"), text);
  }

  private static PolicyServerKey policyServer(AdmittedKeys keys) {
    return keys.policyServer().orElseThrow();
  }

  private static AdmittedKeys admittedIn(Path keys) {
    return new AdmittedKeys(List.of("policy-server"), new KeyDirectory(keys));
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
