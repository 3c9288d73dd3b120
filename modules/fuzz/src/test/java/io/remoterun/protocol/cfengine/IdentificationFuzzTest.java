package io.remoterun.protocol.cfengine;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.remoterun.fuzz.Shown;
import io.remoterun.protocol.cfengine.Identification.Identity;
import java.util.Optional;
import java.util.function.Consumer;

class IdentificationFuzzTest {
  private static final int LONGEST = 1023;

  /** Whatever a line is taken for, it is understood or refused, and the answer is understood. */
  @FuzzTest
  void understandsLinesOrRefusesThem(byte[] input) {
    String line;
    try {
      Optional<String> next = Identification.nextLine(Frames.received(input));
      if (next.isEmpty()) {
        assertThat(input).hasSizeLessThan(LONGEST);
        return;
      }
      line = next.get();
    } catch (ProtocolError e) {
      Shown.assertIsSafe(e.reason());
      return;
    }
    assertThat(line).hasSizeLessThan(LONGEST);
    tryTo(Identification::checkClientVersion, line);
    tryTo(Identification::tellsExitStatus, line);
    tryTo(Identification::parseWelcomeLine, line);
    tryTo(IdentificationFuzzTest::answer, line);
  }

  private static void answer(String line) {
    Identity client = Identification.parseIdentityLine(line);
    String welcome = readBack(Identification.welcomeLine(client));
    assertThat(Identification.parseWelcomeLine(welcome)).isEqualTo(client.isExtended());
    client
        .run()
        .ifPresent(
            run -> {
              byte[] ours = Identification.identityLine(client.user(), run);
              assertThat(Identification.parseIdentityLine(readBack(ours))).isEqualTo(client);
            });
  }

  private static String readBack(byte[] ourLine) {
    try {
      String line = Identification.nextLine(Frames.received(ourLine)).orElseThrow();
      assertThat((line + "\n").getBytes(US_ASCII)).isEqualTo(ourLine);
      return line;
    } catch (ProtocolError e) {
      throw new AssertionError("a line of ours breaks the rules", e);
    }
  }

  private static void tryTo(Consumer<String> parser, String line) {
    try {
      parser.accept(line);
    } catch (ProtocolError e) {
      Shown.assertIsSafe(e.reason());
    }
  }
}
