package io.remoterun.helper;

import static org.assertj.core.api.Assertions.assertThat;

import io.remoterun.testkit.HelperSocket;
import io.remoterun.testkit.InstalledHelper;
import io.remoterun.testkit.NeedsProgram;
import io.remoterun.testkit.NeedsRoot;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/**
 * Started by systemd's socket activation, asked by processes of other users that are locked up as
 * the node's unit locks it up, as far as can be had without a booted systemd.
 */
@NeedsRoot
@NeedsProgram(
    value = {"systemd-socket-activate"},
    debianPackage = "systemd")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class HelperSocketTest {
  private InstalledHelper helper;
  private HelperSocket socket;

  @BeforeAll
  void installs() throws IOException, URISyntaxException {
    helper = InstalledHelper.install(RunHelper.class);
    socket = HelperSocket.listen(helper);
    String file = Caller.class.getName().replace('.', '/') + ".class";
    Path copy = helper.folder().resolve(file);
    Files.createDirectories(copy.getParent());
    Files.copy(
        Path.of(Caller.class.getProtectionDomain().getCodeSource().getLocation().toURI())
            .resolve(file),
        copy);
    // Another test may have given this process a umask that shuts everybody else out.
    Path made = helper.folder();
    for (Path name : Path.of(file)) {
      made = made.resolve(name);
      Files.setPosixFilePermissions(made, PosixFilePermissions.fromString("rwxr-xr-x"));
    }
  }

  @AfterAll
  void removes() throws IOException {
    socket.close();
    helper.close();
  }

  @BeforeEach
  void setsUp() throws IOException {
    helper.settings();
    helper.agent("id -u; grep -E 'CapEff|NoNewPrivs' /proc/self/status");
  }

  @Test
  void runsTheAgentAsRootForTheNodesUser() throws IOException {
    try (AskedHelper asked =
        ask(InstalledHelper.UID, HelperSocket.GID, AskedHelper.request("class1"))) {
      assertThat(Files.getPosixFilePermissions(socket.path()))
          .isEqualTo(PosixFilePermissions.fromString("rw-rw----"));
      asked.awaitOutput("0\nCapEff");

      assertThat(asked.all()).endsWith(Told.exited(0));
    }
    assertThat(helper.executions()).isOne();
    assertThat(helper.audit()).contains(" user=nobody job=agent ");
  }

  /** The kernel does not let him in; the helper is not even started. */
  @Test
  void nobodyOutsideTheNodesGroupCanConnect() throws IOException {
    String before = helper.audit();
    try (AskedHelper asked = ask(65533, 65533, AskedHelper.request())) {
      assertThat(asked.all()).isEmpty();
      assertThat(asked.exitStatus()).isOne();
    }
    assertThat(helper.audit()).isEqualTo(before);
  }

  @Test
  void doesNothingForAnybodyElseInTheNodesGroup() throws IOException {
    try (AskedHelper asked = ask(65533, HelperSocket.GID, AskedHelper.request())) {
      assertThat(asked.all())
          .containsExactly(new Told('R', "user 65533 may not ask, only nobody and root"));
    }
    assertThat(helper.executions()).isZero();
    assertThat(helper.audit()).contains(" user=65533 refused: user 65533 may not");
  }

  /** Settings that make no sense name no folder for an audit log. */
  @Test
  void whatIsRefusedIsInTheJournalToo() throws IOException {
    helper.settings("grace = soon");
    String reason = "the helper's settings have no number of seconds as grace";
    try (AskedHelper asked =
        ask(InstalledHelper.UID, HelperSocket.GID, AskedHelper.request("class1"))) {
      assertThat(asked.all()).containsExactly(new Told('R', reason));
    }
    assertThat(socket.journal()).contains("run-helper: " + reason);
  }

  /** It has no other privileges than those of its user, and can get none. */
  private AskedHelper ask(int uid, int gid, byte[] request) throws IOException {
    List<String> command =
        new ArrayList<>(List.of("setpriv", "--reuid=" + uid, "--regid=" + gid, "--clear-groups"));
    command.addAll(List.of("--bounding-set=-all", "--inh-caps=-all", "--no-new-privs"));
    command.add(Path.of(System.getProperty("java.home"), "bin/java").toString());
    command.addAll(List.of("-cp", "" + helper.folder(), Caller.class.getName()));
    command.add(socket.path().toString());
    Process caller =
        new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
    AskedHelper asked = AskedHelper.of(caller, request);
    caller.getOutputStream().close();
    return asked;
  }
}
