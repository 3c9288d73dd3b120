package io.remoterun.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.remoterun.testing.Eventually;
import io.remoterun.testkit.NeedsProgram;
import io.remoterun.testkit.NeedsRoot;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.opentest4j.TestAbortedException;

/**
 * The units of config/systemd on a systemd that has booted, installed with the commands of
 * docs/node-security.md, and asked by cf-runagent.
 */
@NeedsRoot
@NeedsProgram(
    value = {"systemd-nspawn", "unshare", "nsenter", "cf-runagent"},
    debianPackage = "systemd-container, util-linux or cfengine3")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class SystemdUnitsIT {
  private static final Path DOCUMENT = Launcher.PROJECT.resolve("docs/node-security.md");

  private static final String AGENT =
      """
      #!/bin/sh
      id
      echo "unit $(sed 's|.*/||' /proc/self/cgroup | tail -1)"
      touch /usr/agent-was-here
      sleep 271 > /dev/null 2>&1 &
      case "$*" in *info*)
        systemctl restart remote-run-node
        touch /usr/agent-has-restarted-the-node
      esac
      exit 3
      """;

  private static final String NODE =
      """
      remote-run:
        node:
          id: 00000000-0000-0000-0000-000000000001
          listen: 127.0.0.1:5309
          keys: /var/lib/remote-run/ppkeys
          agent:
            start: helper
      """;

  private static final String POLICY =
      """
      body common control { bundlesequence => { "main" }; }
      bundle agent main { }
      """;

  private @Nullable BootedMachine booted;
  private String whyNot = "";

  @BeforeAll
  void bootsAndInstalls(@TempDir Path folder) throws IOException {
    try {
      booted = BootedMachine.boot(folder);
      install(booted);
    } catch (TestAbortedException e) {
      // Here it would leave the class out of Maven's reports.
      whyNot = String.valueOf(e.getMessage());
    }
  }

  private void install(BootedMachine machine) throws IOException {
    Path java = Path.of(System.getProperty("java.home")).toRealPath();
    machine.shell("ln -sfn " + java + " /usr/lib/jvm/java-25");
    write("/opt/rudder/bin/rudder", "755", AGENT);
    List<Documentation.Command> commands = documented();
    for (Documentation.Command command : commands.subList(1, commands.size() - 1)) {
      // As of an administrator who shows nobody anything.
      machine.shell("umask 077\ncd " + Launcher.PROJECT + "\n" + command.text());
    }
    write("/etc/remote-run/node.yml", "644", NODE);
    machine.shell(
        """
        keys=/var/lib/cfengine3/ppkeys
        [ -e $keys/localhost.pub ] || cf-key
        install -d -o remote-run -g remote-run -m 700 /var/lib/remote-run /var/lib/remote-run/ppkeys
        install -o remote-run -m 600 $keys/localhost.pub \\
          /var/lib/remote-run/ppkeys/root-$(cf-key -p $keys/localhost.pub).pub
        systemctl daemon-reload
        """
            + commands.getLast().text());
    awaitListener();
    write("/root/policy.cf", "600", POLICY);
    machine.shell(
        """
        key=/var/lib/remote-run/ppkeys/localhost.pub
        cp $key /var/lib/cfengine3/ppkeys/root-$(cf-key -p $key).pub
        """);
  }

  /** Building comes first there, starting last. */
  private static List<Documentation.Command> documented() throws IOException {
    List<Documentation.Command> commands = Documentation.read(DOCUMENT).getFirst().commands();
    assertThat(commands.getFirst().text()).startsWith("mvn ");
    assertThat(commands.getLast().text()).startsWith("systemctl enable --now ");
    return commands;
  }

  private void write(String file, String mode, String text) {
    machine()
        .shell(
            "install -D -m "
                + mode
                + " /dev/null "
                + file
                + "\ncat > "
                + file
                + " <<'END OF TEXT'\n"
                + text
                + "END OF TEXT");
  }

  @AfterAll
  void ends() throws IOException {
    if (booted != null) {
      booted.close();
    }
  }

  private BootedMachine machine() {
    return Objects.requireNonNull(booted);
  }

  @BeforeEach
  void awaitListener() {
    Assumptions.assumeTrue(booted != null, whyNot);
    Eventually.await(
        "the node listens",
        () -> machine().run("bash", "-c", ": < /dev/tcp/127.0.0.1/5309").exit() == 0,
        this::journal);
  }

  private String journal() {
    return machine().run("journalctl", "--no-pager", "--lines=50").out();
  }

  private String property(String name) {
    return machine()
        .run("systemctl", "show", "--value", "--property=" + name, "remote-run-node")
        .out()
        .strip();
  }

  private String audit() {
    return machine().run("cat", "/var/lib/remote-run-helper/audit.log").out();
  }

  private BootedMachine.Ran trigger(String condition) {
    return machine()
        .run(
            "cf-runagent",
            "-f",
            "/root/policy.cf",
            "-H",
            "127.0.0.1:5309",
            "-t",
            "60",
            "-D",
            condition);
  }

  @Test
  void theListenerIsAUserWithoutAnyPower() {
    String uid = machine().shell("id -u remote-run").strip();
    assertThat(machine().shell("cat /proc/" + property("MainPID") + "/status").lines())
        .contains(
            "Uid:\t%1$s\t%1$s\t%1$s\t%1$s".formatted(uid),
            "CapEff:\t0000000000000000",
            "CapBnd:\t0000000000000000",
            "NoNewPrivs:\t1",
            "Seccomp:\t2");
  }

  @Test
  void theAgentIsRootInAUnitOfItsOwnAndWhatItLeavesBehindGoesOn() {
    assertThat(trigger("force_inventory").out())
        .contains("-> uid=0(root) gid=0(root)")
        .containsPattern("-> unit remote-run-helper@\\d\\S*\\.service")
        .contains("(exit code: 3)");
    Eventually.await(
        "its unit is gone",
        () ->
            machine()
                .run("systemctl", "list-units", "--plain", "-q", "remote-run-helper@*")
                .out()
                .isBlank(),
        this::journal);
    assertThat(machine().run("pgrep", "-f", "sleep 271").exit()).isZero();
    assertThat(machine().shell("ls /usr/agent-was-here")).isNotBlank();
    assertThat(audit()).contains(" user=remote-run job=agent ").contains(" ended: Exited[code=3]");
  }

  @Test
  void anAgentThatRestartsItsNodeGoesOnToItsEnd() {
    String before = property("MainPID");
    assertThat(trigger("info").out()).doesNotContain("(exit code: ");
    Eventually.await(
        "the agent has ended", () -> audit().endsWith(" ended: Exited[code=3]\n"), this::audit);
    assertThat(machine().shell("ls /usr/agent-has-restarted-the-node")).isNotBlank();
    assertThat(property("MainPID")).isNotEqualTo(before);
  }

  @Test
  void nobodyElseReachesTheHelper() {
    BootedMachine.Ran ran =
        machine()
            .run(
                "runuser",
                "-u",
                "nobody",
                "--",
                "curl",
                "-sS",
                "--unix-socket",
                "/run/remote-run-helper.sock",
                "http://helper/");
    assertThat(ran.exit()).as(ran.out()).isEqualTo(7);
  }

  @Test
  void aReloadReadsTheAccessPolicyAgain() {
    machine().shell("systemctl reload remote-run-node");
    Eventually.await(
        "it is read",
        () -> journal().contains("the access policy has been read again"),
        this::journal);
  }

  @Test
  void aNodeThatIsKilledIsStartedAgain() {
    int before = Integer.parseInt(property("NRestarts"));
    machine().shell("systemctl kill --signal=KILL remote-run-node");
    Eventually.await(
        "it is started again",
        () -> Integer.parseInt(property("NRestarts")) > before,
        this::journal);
    awaitListener();
  }
}
