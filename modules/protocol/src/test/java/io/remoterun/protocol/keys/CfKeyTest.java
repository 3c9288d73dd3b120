package io.remoterun.protocol.keys;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The keys against CFEngine's own tool. */
class CfKeyTest {
  private static final String PROGRAM = "cf-key";

  @TempDir private Path workFolder = Path.of("");

  @BeforeEach
  void isInstalled() {
    boolean installed =
        List.of(System.getenv("PATH").split(":")).stream()
            .anyMatch(folder -> Files.isExecutable(Path.of(folder, PROGRAM)));
    boolean mustBe = "true".equals(System.getenv("CI"));
    assumeTrue(
        installed || mustBe, PROGRAM + " is not installed (Debian's package cfengine3 has it)");
  }

  @Test
  void namesOurKeyAsWeDo() throws Exception {
    Path file = workFolder.resolve("ours.pub");
    TestKeys.ALICE.writePublic(file);

    assertThat(cfKey("-p", file.toString()))
        .isEqualTo(KeyDigest.md5(TestKeys.ALICE.publicKey()) + "\n");
  }

  @Test
  void makesAPairThatWeRead() throws Exception {
    Path name = workFolder.resolve("theirs");
    cfKey("-f", name.toString());
    HostKey key = HostKey.read(workFolder.resolve("theirs.priv"));
    Path publicFile = workFolder.resolve("theirs.pub");

    assertThat(HostKey.readPublic(publicFile)).isEqualTo(key.publicKey());
    assertThat(cfKey("-p", publicFile.toString())).isEqualTo(KeyDigest.md5(key.publicKey()) + "\n");
    assertThat(key.publicKey().getPublicExponent())
        .isEqualTo(TestKeys.ALICE.publicKey().getPublicExponent());
  }

  private String cfKey(String... arguments) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(List.of(PROGRAM));
    command.addAll(List.of(arguments));
    ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
    builder.environment().put("CFENGINE_TEST_OVERRIDE_WORKDIR", workFolder.toString());
    Process process = builder.start();
    process.getOutputStream().close();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).as(output).isZero();
    return output;
  }
}
