package io.remoterun.protocol;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** In a program of its own: how a signal is taken is decided by whoever starts it. */
class HangupTest {

  @ParameterizedTest
  @CsvSource({"--default-signal=HUP, false", "--ignore-signal=HUP, true"})
  void whoStartsTheProgramMayHaveTheSignalIgnoredAndThatIsSaid(String how, boolean isIgnored)
      throws Exception {
    Process program =
        new ProcessBuilder(
                "env",
                how,
                ProcessHandle.current().info().command().orElseThrow(),
                "-cp",
                System.getProperty("java.class.path"),
                Program.class.getName())
            .redirectErrorStream(true)
            .start();
    String said = new String(program.getInputStream().readAllBytes(), UTF_8);

    assertThat(program.waitFor()).as(said).isZero();
    assertThat(said.contains("SIGHUP does nothing here")).as(said).isEqualTo(isIgnored);
    assertThat(said.contains("heard")).as(said).isNotEqualTo(isIgnored);
  }

  /** Sends itself the signal, and waits for it unless that is in vain. */
  static final class Program {
    private Program() {}

    public static void main(String[] none) throws IOException, InterruptedException {
      CountDownLatch heard = new CountDownLatch(1);
      try (Hangup _ = Hangup.calling(heard::countDown)) {
        String self = Long.toString(ProcessHandle.current().pid());
        new ProcessBuilder("kill", "-HUP", self).start().waitFor();
        if (!isIgnored()) {
          heard.await();
          System.out.println("heard");
        }
      }
    }

    private static boolean isIgnored() throws IOException {
      return Files.readString(Path.of("/proc/self/status"))
          .matches("(?s).*SigIgn:\t[0-9a-f]*[13579bdf]\n.*");
    }
  }
}
