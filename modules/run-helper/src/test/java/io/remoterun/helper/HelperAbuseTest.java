package io.remoterun.helper;

import static org.assertj.core.api.Assertions.assertThat;

import io.remoterun.testkit.InstalledHelper;
import io.remoterun.testkit.NeedsRoot;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.NullSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Whatever is tried: nothing is executed, it is told why, and it is in the audit log. */
@NeedsRoot
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class HelperAbuseTest {
  private static final String ME = String.valueOf(InstalledHelper.UID);

  private InstalledHelper helper;

  @BeforeAll
  void installs() throws IOException {
    helper = InstalledHelper.install(RunHelper.class);
  }

  @AfterAll
  void removes() throws IOException {
    helper.close();
  }

  @BeforeEach
  void setsUp() throws IOException {
    helper.settings();
    helper.agent("true");
  }

  @ParameterizedTest
  @NullSource
  @ValueSource(strings = {"1", "65533"})
  void anotherUser(String uid) throws IOException {
    assertRefused(helper.start(uid), AskedHelper.request(), "may not ask, only nobody and root");
  }

  @Test
  void aUserThatIsNone() throws IOException {
    try (AskedHelper asked = AskedHelper.of(helper.start("nobody; id"), AskedHelper.request())) {
      assertThat(asked.all()).isEmpty();
      assertThat(asked.exitStatus()).isNotZero();
    }
    assertThat(helper.executions()).isZero();
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "agent", "--help", "-Drun-helper.settings=/tmp/mine", "@/tmp/mine"})
  void anArgument(String argument) throws IOException {
    assertRefused(
        helper.start(ME, argument), AskedHelper.request(), "the helper takes no arguments");
  }

  @Test
  void halfARequest() throws IOException {
    byte[] request = AskedHelper.request();
    Process process = helper.start(ME);
    process.getOutputStream().write(request, 0, request.length - 1);
    process.getOutputStream().close();

    assertRefused(process, new byte[0], "half a request");
  }

  @Test
  void aRequestThatDoesNotGoOn() throws IOException {
    byte[] request = AskedHelper.request();

    assertRefused(helper.start(ME), Arrays.copyOf(request, 30), "no whole request within 5 s");
  }

  @ParameterizedTest
  @ValueSource(ints = {8193, Integer.MAX_VALUE, -1})
  void aRequestOfTwoGigabytes(int length) throws IOException {
    byte[] head = ByteBuffer.allocate(4).putInt(length).array();

    assertRefused(helper.start(ME), head, "a request of more than 8192 bytes");
  }

  static Stream<String> badRequests() {
    String id = UUID.randomUUID().toString();
    return Stream.of(
        "agent\n" + id + "\nclass1,$(id)\nme\n",
        "agent\n" + id + "\nclass1 --help\nme\n",
        "agent\n" + id + "\n-f,/tmp/mine\nme\n",
        "agent\n" + id + "\nother\nme\n",
        "agent\n" + id + "\nclass1,xclass1\nme\n",
        "agent\nnone\n\nme\n",
        "/bin/sh\n" + id + "\n\nme\n",
        "other\n" + id + "\n\nme\n",
        "agent\n" + id + "\n\nme\n2026-11-24T00:00:00Z user=root starts\n");
  }

  @ParameterizedTest
  @MethodSource("badRequests")
  void aRequestForSomethingElse(String lines) throws IOException {
    assertRefused(helper.start(ME), AskedHelper.framed("remote-run 1\n" + lines), "");
  }

  @Test
  void conditionsForAnotherJob() throws IOException {
    helper.settings("job.other = " + helper.agentFile());
    byte[] request = AskedHelper.request("other", UUID.randomUUID(), "class1");

    assertRefused(
        helper.start(ME),
        request,
        "condition class1 is not in the helper's settings for job other");
  }

  @Test
  void aRunThatWasHereBefore() throws IOException {
    byte[] request = AskedHelper.request();
    try (AskedHelper first = AskedHelper.ask(helper, request)) {
      assertThat(first.all()).endsWith(Told.exited(0));
    }
    helper.agent("true");

    assertRefused(helper.start(ME), request, "was here before");
  }

  @Test
  void aSecondRunAtOnce() throws IOException {
    helper.agent("echo ready; cat " + fifo());
    try (AskedHelper first = AskedHelper.ask(helper, AskedHelper.request())) {
      first.awaitOutput("ready");
      try (AskedHelper second = AskedHelper.ask(helper, AskedHelper.request())) {
        String reason = "as many runs of agent as may be at once, 1, have not ended";
        assertThat(second.all()).containsExactly(new Told('B', reason));
        assertThat(helper.audit().lines().toList().getLast()).endsWith(" refused: " + reason);
      }
      Files.writeString(fifo(), "");
      assertThat(first.all()).endsWith(Told.exited(0));
    }
    assertThat(helper.executions()).isOne();
  }

  @Test
  void anAgentThatIsDisabled() throws IOException {
    Path disabled = Files.createFile(helper.folder().resolve("disabled"));
    try {
      assertRefused(helper.start(ME), AskedHelper.request(), "the agent is disabled: there is ");
    } finally {
      Files.delete(disabled);
    }
  }

  /** The name of a file is all that stands there, and not its first word. */
  @Test
  void anAgentThatIsDisabledByAFileWithASpaceInItsName() throws IOException {
    Path disabled = Files.createFile(helper.folder().resolve("is disabled"));
    helper.settings("disable-file = " + disabled);
    try {
      assertRefused(helper.start(ME), AskedHelper.request(), "there is " + disabled);
    } finally {
      Files.delete(disabled);
    }
  }

  @Test
  void aProgramThatIsASymbolicLink() throws IOException {
    Path elsewhere = helper.folder().resolve("elsewhere");
    Files.move(helper.agentFile(), elsewhere);
    Files.createSymbolicLink(helper.agentFile(), elsewhere);
    try {
      assertRefused(helper.start(ME), AskedHelper.request(), "is a symbolic link");
    } finally {
      Files.delete(helper.agentFile());
      Files.delete(elsewhere);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"rwxrwxr-x", "rwxr-xrwx"})
  void aProgramThatOthersCanWrite(String mode) throws IOException {
    mode(helper.agentFile(), mode);

    assertRefused(helper.start(ME), AskedHelper.request(), "agent can be written by others");
  }

  @Test
  void aProgramThatBelongsToSomebodyElse() throws IOException {
    Files.setAttribute(helper.agentFile(), "unix:uid", InstalledHelper.UID);

    assertRefused(helper.start(ME), AskedHelper.request(), "agent does not belong to root");
    Files.delete(helper.agentFile());
  }

  @Test
  void aProgramThatIsNotExecutable() throws IOException {
    mode(helper.agentFile(), "rw-r--r--");

    assertRefused(helper.start(ME), AskedHelper.request(), "agent is no executable file");
  }

  @ParameterizedTest
  @ValueSource(strings = {"/no", "agent", "/bin/../bin/true", "/var"})
  void aProgramThatIsNone(String program) throws IOException {
    helper.settings("job.agent = " + program);

    assertRefused(helper.start(ME), AskedHelper.request(), program);
  }

  /** The script of an interpreter is what is executed. */
  @Test
  void aScriptThatSomebodyElseCanChange() throws IOException {
    Path script = helper.program("script", "echo >>" + helper.folder().resolve("executions"));
    helper.settings("job.agent = /usr/bin/env sh -e " + script);
    Files.setAttribute(script, "unix:uid", InstalledHelper.UID);
    assertRefused(helper.start(ME), AskedHelper.request(), "script does not belong to root");

    Files.setAttribute(script, "unix:uid", 0);
    mode(script, "rwxr-xrwx");
    assertRefused(helper.start(ME), AskedHelper.request(), "script can be written by others");

    Files.delete(script);
    Files.createSymbolicLink(script, Path.of("/usr/bin/true"));
    assertRefused(helper.start(ME), AskedHelper.request(), "script is a symbolic link");
    Files.delete(script);
  }

  /** He would put it there between the look at it and its execution. */
  @ParameterizedTest
  @ValueSource(strings = {"/tmp/no/such/script", "/tmp/script-that-is-not-there"})
  void aScriptThatAnybodyCouldPutThere(String script) throws IOException {
    helper.settings("job.agent = /usr/bin/env sh " + script);

    assertRefused(helper.start(ME), AskedHelper.request(), "/tmp can be written by others");
  }

  @Test
  void aFolderAsAnArgumentThatSomebodyElseCanWrite() throws IOException {
    Path folder = Files.createDirectories(helper.folder().resolve("parts"));
    Files.setAttribute(folder, "unix:uid", InstalledHelper.UID);
    helper.settings("job.agent = /usr/bin/env ls " + folder);

    assertRefused(helper.start(ME), AskedHelper.request(), "parts does not belong to root");
  }

  /** All that it needs is in there: whoever can write there could put another file in its place. */
  @ParameterizedTest
  @ValueSource(strings = {"rwxrwxr-x", "rwxrwxrwt"})
  void aFolderThatOthersCanWrite(String mode) throws IOException {
    InstalledHelper.run("chmod", mode.endsWith("t") ? "1777" : "775", helper.folder().toString());
    try {
      assertRefusedWithoutAudit("can be written by others than root");
    } finally {
      mode(helper.folder(), "rwxr-xr-x");
    }
  }

  @Test
  void settingsThatOthersCanWrite() throws IOException {
    mode(helper.settingsFile(), "rw-rw-r--");

    assertRefusedWithoutAudit("run-helper.conf can be written by others than root");
  }

  @Test
  void settingsThatAreASymbolicLink() throws IOException {
    Path elsewhere = helper.folder().resolve("elsewhere");
    Files.move(helper.settingsFile(), elsewhere);
    Files.createSymbolicLink(helper.settingsFile(), elsewhere);
    try {
      assertRefusedWithoutAudit("run-helper.conf is a symbolic link");
    } finally {
      Files.delete(helper.settingsFile());
      Files.delete(elsewhere);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "grace = 0,             settings have no number of seconds as grace",
    "grace = 5s,            settings have no number of seconds as grace",
    "grace = 5 6,           settings have no number of seconds as grace",
    "grace =,               settings have no grace",
    "drain = 0,             settings have no number of seconds as drain",
    "max-duration = 2147483648, settings have no number of seconds as max-duration",
    "conditions =,          settings have no conditions",
    "conditions = [,        Unclosed character class",
    "folder =,              settings have no folder"
  })
  void settingsThatMakeNoSense(String line, String reason) throws IOException {
    helper.settings(line);

    assertRefusedWithoutAudit(reason);
  }

  @ParameterizedTest
  @ValueSource(strings = {"user", "job.agent", "disable-file"})
  void settingsThatHaveAGap(String key) throws IOException {
    helper.settings(key + " =");

    assertRefused(helper.start(ME), AskedHelper.request(), "the helper's settings have no " + key);
  }

  /** Nothing is executed that is not written down. */
  @Test
  void anAuditLogThatCannotBeWritten() throws IOException {
    Path log = helper.folder().resolve("state/audit.log");
    Files.deleteIfExists(log);
    Files.createSymbolicLink(log, helper.folder().resolve("elsewhere"));
    try {
      assertRefusedWithoutAudit("audit.log");
      assertThat(helper.folder().resolve("elsewhere")).doesNotExist();
    } finally {
      Files.delete(log);
    }
  }

  private Path fifo() throws IOException {
    Path fifo = helper.folder().resolve("fifo");
    if (!Files.exists(fifo)) {
      InstalledHelper.run("mkfifo", fifo.toString());
    }
    return fifo;
  }

  private static void mode(Path path, String mode) throws IOException {
    Files.setPosixFilePermissions(path, PosixFilePermissions.fromString(mode));
  }

  private void assertRefused(Process process, byte[] request, String reason) throws IOException {
    try (AskedHelper asked = AskedHelper.of(process, request)) {
      assertRefused(asked, reason);
    }
    assertThat(helper.executions()).isZero();
  }

  private void assertRefused(AskedHelper asked, String reason) throws IOException {
    assertThat(refusal(asked)).contains(reason);
    assertThat(helper.audit().lines().toList().getLast())
        .containsPattern(" (refused|failed): ")
        .contains(reason);
  }

  private void assertRefusedWithoutAudit(String reason) throws IOException {
    String before = helper.audit();
    try (AskedHelper asked = AskedHelper.ask(helper, AskedHelper.request())) {
      assertThat(refusal(asked)).contains(reason);
    }
    assertThat(helper.executions()).isZero();
    assertThat(helper.audit()).isEqualTo(before);
  }

  private static String refusal(AskedHelper asked) throws IOException {
    List<Told> answers = asked.all();
    assertThat(answers).singleElement().extracting(Told::type).isEqualTo('R');
    assertThat(asked.exitStatus()).isOne();
    return answers.getFirst().payload();
  }
}
