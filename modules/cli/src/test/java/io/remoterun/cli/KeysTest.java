package io.remoterun.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.remoterun.protocol.keys.KeyDirectory;
import io.remoterun.testkit.ExternalProgram;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class KeysTest {
  @TempDir Path folder;

  @Test
  void makesAPairOnceAndNamesIt() throws Exception {
    Ran first = Ran.with("keys", "generate", "--folder", folder + "/ppkeys");
    Ran second = Ran.with("keys", "generate", "--folder", folder + "/ppkeys");

    assertThat(first.exit()).isZero();
    assertThat(first.out()).matches("MD5=[0-9a-f]{32}\n").isEqualTo(second.out());
    assertThat(second.problems()).contains("already");
    assertThat(
            PosixFilePermissions.toString(
                Files.getPosixFilePermissions(folder.resolve("ppkeys/localhost.priv"))))
        .isEqualTo("rw-------");
  }

  @Test
  void aDigestIsTheOneThatCfKeyPrints() throws Exception {
    Ran.with("keys", "generate", "--folder", folder.toString());
    String file = folder.resolve("localhost.pub").toString();
    ProcessBuilder cfKey =
        new ProcessBuilder(ExternalProgram.require("cf-key").toString(), "-p", file);
    cfKey.environment().put("CFENGINE_TEST_OVERRIDE_WORKDIR", folder.toString());
    Process process = cfKey.start();
    String printed = new String(process.getInputStream().readAllBytes(), UTF_8);
    process.waitFor();

    assertThat(Ran.with("keys", "digest", file).out()).isEqualTo(printed);
    assertThat(Ran.with("keys", "digest", "--all", file).out().lines())
        .hasSize(3)
        .contains(printed.strip())
        .anyMatch(line -> line.startsWith("SHA="))
        .anyMatch(line -> line.startsWith("sha256//"));
  }

  @Test
  void aTrustedKeyIsOneThatANodeAdmits() throws Exception {
    Ran.with("keys", "generate", "--folder", folder + "/peer");
    Path file = folder.resolve("peer/localhost.pub");

    Ran ran = Ran.with("keys", "trust", "--folder", folder + "/ours", file.toString());

    assertThat(ran.exit()).isZero();
    KeyDirectory ours = new KeyDirectory(folder.resolve("ours"));
    KeyDirectory peer = new KeyDirectory(folder.resolve("peer"));
    assertThat(ours.isTrusted("root", peer.hostKey().publicKey())).isTrue();
    assertThat(Ran.with("keys", "trust", "--user", "../x", file.toString()).exit()).isEqualTo(64);
  }

  @Test
  void saysWhatIsNoKey() throws Exception {
    Path file = Files.writeString(folder.resolve("no.pub"), "hello");
    assertThat(Ran.with("keys", "digest", file.toString()).exit()).isEqualTo(1);
    assertThat(Ran.with("keys", "digest", folder + "/none").problems()).contains("there is no key");
    assertThat(Ran.with("keys").exit()).isEqualTo(64);
  }
}
