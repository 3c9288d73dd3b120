package io.remoterun.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.remoterun.cli.console.Exit;
import io.remoterun.cli.console.Terminal;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class WrongUseTest {
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "webap config/webapp.yml | there is no command or role 'webap'; did you mean webapp?",
        "trigge web              | there is no command or role 'trigge'; did you mean trigger?",
        "trig web                | there is no command or role 'trig'; did you mean trigger?",
        "xyzzy                   | there is no command or role 'xyzzy'",
        "--versoin               | there is no option --versoin; did you mean --version?",
        "keys genrate            | there is no command 'genrate'; did you mean generate?",
        "trigger                 | say which nodes: NODE..., --all, --group or --where",
        "trigger web --wher x    | there is no option --wher; did you mean --where?",
        "trigger web --wher=x    | there is no option --wher; did you mean --where?",
        "trigger web --tokn      | there is no option --tokn",
        "trigger web -x          | there is no option -x",
        "runs web                | remote-run runs does not take 'web'",
        "show                    | RUN is missing",
        "trigger web --deadline  | --deadline needs a value: TIME",
        "trigger web --all       | say only one of --all, NODE"
      })
  void isToldInTheWordsOfWhoeverTypedIt(String words, String told) {
    Ran ran = Ran.with(words.split(" "));

    assertThat(ran.problems().lines().findFirst()).contains("remote-run: " + told);
    assertThat(ran.problems()).matches("(?s).*\nSee remote-run.* --help\n");
    assertThat(ran.exit()).isEqualTo(Exit.USAGE);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "runs -n 500                  | -n: 500 should be 1 to 200",
        "runs --limit 0               | -n: 0 should be 1 to 200",
        "audit -n 1001                | -n: 1001 should be 1 to 1000",
        "trigger --all --fail-after 200% | --fail-after: 200% should be",
        "trigger --all --fail-after 0 | --fail-after: 0 should be"
      })
  void numbersThatTheWebappWouldRefuseHaveTheNameOfTheirOption(String words, String told)
      throws IOException {
    try (AnsweringWebapp webapp = AnsweringWebapp.http()) {
      Ran ran = ran(webapp.url(), words.split(" "));

      assertThat(ran.problems()).startsWith("remote-run: " + told);
      assertThat(ran.exit()).isEqualTo(Exit.USAGE);
    }
  }

  @Test
  void whatTheWebappFindsToMakeNoSenseDoesNot() throws IOException {
    try (AnsweringWebapp webapp = AnsweringWebapp.http()) {
      webapp.says("remote-runs", 400, "{\"errorDetails\":\"invalid since: yesterday\"}");
      Ran ran = ran(webapp.url(), "runs", "--since", "yesterday");

      assertThat(ran.problems()).isEqualTo("remote-run: invalid since: yesterday\n");
      assertThat(ran.exit()).isEqualTo(Exit.USAGE);
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "--token-file | cannot read the token from /nonexistent: no such file",
        "--config     | cannot read /nonexistent: no such file",
        "--ca-file    | cannot read certificates from /nonexistent: no such file"
      })
  void aFileThatIsNotThereIsToldSo(String option, String told) {
    Ran ran = Ran.with("nodes", "--url=https://127.0.0.1:1", option, "/nonexistent");

    assertThat(ran.problems()).isEqualTo("remote-run: " + told + "\n");
    assertThat(ran.exit()).isEqualTo(Exit.FAILED);
  }

  /** As web servers do, it says in plain text that it has not understood. */
  private static void answerPlainly(ServerSocket server) {
    while (!server.isClosed()) {
      try (Socket client = server.accept()) {
        client.getInputStream().read(new byte[16]);
        client.getOutputStream().write("HTTP/1.1 400 Bad Request\r\n\r\n".getBytes(UTF_8));
      } catch (IOException e) {
        // it has left without a word, or the test is over
      }
    }
  }

  @Test
  void aWebappWithoutTlsIsNotOneThatCannotBeTrusted() throws Exception {
    Thread answers;
    try (ServerSocket server = new ServerSocket(0, 0, InetAddress.ofLiteral("127.0.0.1"))) {
      answers = Thread.startVirtualThread(() -> answerPlainly(server));
      String url = "https://127.0.0.1:" + server.getLocalPort();

      assertThat(ran(url, "nodes").problems())
          .isEqualTo(
              "remote-run: the webapp at "
                  + url
                  + " does not speak TLS: use http:// if that is meant\n");
      assertThat(ran(url, "doctor").out())
          .containsPattern("FAILED +tls +does not speak TLS\n +-> use http:// if that is meant");
    }
    answers.join();
  }

  private static Ran ran(String url, String... words) {
    String[] all =
        Stream.concat(Stream.of(words), Stream.of("--url=" + url)).toArray(String[]::new);
    return Ran.with("", Terminal.NONE, Map.of("REMOTE_RUN_TOKEN", AnsweringWebapp.TOKEN), all);
  }
}
