package io.remoterun.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.remoterun.e2e.Launcher.Ended;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** Signing in, the audit log, and {@code rudder remote run}. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class CommandLineSetupIT {
  private Path folder = Path.of("");

  @SuppressWarnings("NullAway.Init") // set before the first test
  private CliFleet fleet;

  @BeforeAll
  void starts(@TempDir Path temporary) throws Exception {
    folder = temporary;
    fleet = new CliFleet(temporary);
    assertThat(Launcher.run("--version").exit()).isZero();
  }

  @AfterAll
  void ends() throws Exception {
    fleet.stop();
  }

  @AfterEach
  void forgets() throws Exception {
    Files.deleteIfExists(file());
  }

  private Path file() {
    return fleet.home().resolve(".config/remote-run/config.toml");
  }

  private ProcessBuilder withoutToken(String... words) {
    ProcessBuilder command = fleet.command(words);
    command.environment().remove("REMOTE_RUN_TOKEN");
    return command;
  }

  @Test
  void aTokenThatWorksIsKeptForTheOwnerOnlyAndUsedFromThenOn() throws Exception {
    Ended ended = Launcher.run(withoutToken("login"), "\n" + fleet.token() + "\n");

    assertThat(ended.exit()).as(ended.problems()).isZero();
    assertThat(ended.problems()).contains("shows 2 nodes", file().toString());
    assertThat(ended.out() + ended.problems()).doesNotContain(fleet.token());
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file())))
        .isEqualTo("rw-------");
    ProcessBuilder later = withoutToken("nodes");
    later.environment().remove("REMOTE_RUN_URL");
    assertThat(Launcher.run(later, "").out()).contains("one.example");
  }

  @Test
  void aTokenThatDoesNotWorkIsNotKept() throws Exception {
    Ended ended = Launcher.run(withoutToken("login"), "\n" + "x".repeat(40) + "\n");

    assertThat(ended.exit()).isEqualTo(1);
    assertThat(ended.problems()).contains("does not know the token");
    assertThat(file()).doesNotExist();
  }

  @Test
  void aTerminalDoesNotShowWhatIsTypedForASecret() throws Exception {
    try (Typed terminal = new Typed(fleet.onTerminal("login", "--url", fleet.url()))) {
      terminal.awaits("Name (empty to use a token): ").types("\n");
      terminal.awaits("Token: ").types(fleet.token() + "\n").awaits("Kept in");
      assertThat(terminal.end()).isZero();
      assertThat(terminal.seen()).doesNotContain(fleet.token());
    }
  }

  @Test
  void anAdministratorGetsATokenForAPassword() throws Exception {
    try (HttpClient http = HttpClient.newHttpClient()) {
      String account =
          "{\"name\":\"alice\",\"rights\":{\"admin\":\"all\"},\"password\":\"correct horse"
              + " battery\"}";
      assertThat(
              http.send(
                      HttpRequest.newBuilder(
                              URI.create(fleet.url() + "/rudder/api/latest/remote-run-accounts"))
                          .header("X-API-Token", fleet.token())
                          .header("Content-Type", "application/json")
                          .POST(BodyPublishers.ofString(account))
                          .build(),
                      BodyHandlers.ofString())
                  .statusCode())
          .isEqualTo(201);
    }
    Ended wrong = Launcher.run(withoutToken("login"), "alice\nwrong password\n");
    assertThat(wrong.exit()).isEqualTo(1);
    assertThat(wrong.problems()).contains("does not know this name with this password");

    Ended ended = Launcher.run(withoutToken("login"), "alice\ncorrect horse battery\n");

    assertThat(ended.exit()).as(ended.problems()).isZero();
    assertThat(Files.readString(file())).doesNotContain("correct horse");
    assertThat(Launcher.run(withoutToken("trigger", "one"), "").exit()).isZero();
    assertThat(fleet.run("audit", "--who=alice").out()).contains("trigger", "allowed");
  }

  @Test
  void theAuditLogIsListedExportedAndVerified() throws Exception {
    String id = fleet.run("trigger", "one", "--detach").out().strip();

    assertThat(fleet.run("audit", "--action=trigger", "-n1").out())
        .contains("WHEN", "system", "trigger");
    assertThat(fleet.run("audit", "--run", id.substring(0, 8), "--json").out()).contains(id);
    assertThat(fleet.run("audit", "--export").out().lines())
        .anyMatch(line -> line.contains(id))
        .allMatch(line -> line.startsWith("{"));
    assertThat(fleet.run("audit", "--verify").out()).contains(" entries, intact; head ");
  }

  @Test
  void theAuditLogIsListedByDecisionAndTime() throws Exception {
    String id = fleet.run("trigger", "one", "--detach").out().strip();
    assertThat(Launcher.run(withoutToken("login"), "mallory\nwrong password\n").exit())
        .isEqualTo(1);

    assertThat(fleet.run("audit", "--decision=refused", "--json").out().lines())
        .isNotEmpty()
        .allMatch(line -> line.contains("\"decision\":\"refused\""));
    assertThat(fleet.run("audit", "--decision=allowed", "--json").out().lines())
        .allMatch(line -> line.contains("\"decision\":\"allowed\""))
        .anyMatch(line -> line.contains(id));
    assertThat(fleet.run("audit", "--since=2026-01-01T00:00:00Z", "--json").out()).contains(id);
    assertThat(fleet.run("audit", "--since=2999-01-01T00:00:00Z", "--json").out()).isEmpty();
    assertThat(fleet.run("audit", "--until=2999-01-01T00:00:00Z", "--json").out()).contains(id);
    assertThat(fleet.run("audit", "--until=2026-01-01T00:00:00Z", "--json").out()).isEmpty();
  }

  @Test
  void whoeverUsesRudderRemoteRunInScriptsGetsTheSame() throws Exception {
    Path link = Files.createSymbolicLink(folder.resolve("rudder-remote-run"), Launcher.PROGRAM);
    try {
      Ended ended = rudder(link, "one.example,two.example");
      assertThat(ended.exit()).isEqualTo(1);
      assertThat(ended.out())
          .contains("Hostname        M| State", "one.example     E| repaired")
          .contains("## Summary ####", "   error: two.example: relay root: ");
      assertThat(rudder(link, "-e", "-D", "class1,class2", "one.example").exit()).isEqualTo(2);
      assertThat(rudder(link, "-E", "--", "one.example").exit()).isEqualTo(2);
      assertThat(rudder(link, "one.example").exit()).isZero();
      Ended unparsed = rudder(link, "-R", "one.example");
      assertThat(unparsed.out()).startsWith("R: @@Ntp@@").doesNotContain("Summary");
      assertThat(unparsed.problems()).isEmpty();
      assertThat(rudder(link, "-a", "-q").exit()).isEqualTo(1);
      assertThat(rudder(link).problems()).contains("name nodes");
      assertThat(rudder(link, "demo").problems()).contains("there is no node 'demo'");
    } finally {
      Files.delete(link);
    }
  }

  private Ended rudder(Path link, String... words) throws Exception {
    ProcessBuilder command = fleet.command(words);
    command.command().set(0, link.toString());
    return Launcher.run(command, "");
  }
}
