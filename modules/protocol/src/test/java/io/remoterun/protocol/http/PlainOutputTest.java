package io.remoterun.protocol.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.remoterun.protocol.run.ExitStatus;
import io.remoterun.protocol.run.NodeId;
import io.remoterun.protocol.run.OutputBytes;
import io.remoterun.protocol.run.RunEvent;
import io.remoterun.protocol.run.RunFailure;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Flux;
import reactor.test.StepVerifier;
import reactor.test.publisher.TestPublisher;

class PlainOutputTest {
  private static final String A = "a";
  private static final String B = "b";
  private static final String C = "c";

  @Test
  void whatOneNodePrintsIsNotChanged() {
    byte[] bytes = {0, (byte) 0xff, '\n', 'x'};
    Flux<RunEvent> events =
        Flux.just(
            new RunEvent.Started(new NodeId(A), "agent"),
            new RunEvent.Output(new NodeId(A), OutputBytes.copyOf(bytes)),
            new RunEvent.Heartbeat(new NodeId(A)),
            finished(A, 0));

    assertThat(PlainOutput.of(events).blockLast()).isEqualTo(bytes);
  }

  @Test
  void anUnfinishedLineIsShownAtOnce() {
    TestPublisher<RunEvent> events = TestPublisher.create();
    StepVerifier.create(PlainOutput.of(events.flux()).map(PlainOutputTest::text))
        .then(() -> events.next(output(A, "working...")))
        .expectNext("working...")
        .then(() -> events.next(output(A, " done\n")))
        .expectNext(" done\n")
        .then(events::complete)
        .expectComplete()
        .verify(Duration.ofSeconds(30));
  }

  @Test
  void errorsAreLinesOfTheirOwn() {
    RunFailure failure =
        new RunFailure(RunFailure.Kind.UNREACHABLE, "relay root", "cannot\nconnect");
    assertThat(
            rendered(
                output(A, "OK\n"),
                finished(A, 0),
                output(B, "half"),
                finished(B, 3),
                new RunEvent.Failed(new NodeId(C), failure)))
        .isEqualTo(
            """
            OK
            half
            b: error: node b: agent ended with exit status 3
            c: error: relay root: cannot?connect (%s)
            """
                .formatted(RunFailure.Kind.UNREACHABLE.advice()));
  }

  @Test
  void aGapIsALine() {
    assertThat(
            rendered(
                output(A, "begin"),
                new RunEvent.Gap(new NodeId(A), 0, 12),
                output(A, "end\n"),
                finished(A, 0)))
        .isEqualTo("begin\na: warning: 12 bytes of output are missing here\nend\n");
  }

  @Test
  void linesOfDifferentNodesAreNeverMixed() {
    assertThat(
            rendered(
                output(A, "a1 "),
                output(B, "b1\n"),
                output(C, "c1 "),
                output(B, "b2 "),
                output(A, "a1 end\n"),
                output(C, "c1 end\n"),
                finished(A, 0),
                output(B, "b2 end"),
                finished(B, 0),
                output(C, "c2"),
                finished(C, 1)))
        .isEqualTo(
            """
            a1 a1 end
            b1
            b2 b2 end
            c1 c1 end
            c2
            c: error: node c: agent ended with exit status 1
            """);
  }

  @Test
  void whatFollowsTheUnfinishedLineOfANodeThatEndedIsOnAFreshLine() {
    assertThat(rendered(output(A, "half"), finished(A, 0), output(B, "b\n"), finished(B, 0)))
        .isEqualTo("half\nb\n");
  }

  @Test
  void aLineThatHoldsUpTooMuchIsBroken() {
    String much = "x".repeat(PlainOutput.MOST_BYTES_WAITING) + "\n";
    assertThat(rendered(output(A, "begin"), output(B, "b1\n"), output(B, much), output(A, "end\n")))
        .isEqualTo("begin\nb1\n" + much + "end\n");
  }

  @Test
  void whatWaitsAtTheEndIsShown() {
    assertThat(rendered(output(A, "a"), output(B, "b"), output(C, "c\n"), finished(C, 0)))
        .isEqualTo("a\nb\nc\n");
  }

  private static String rendered(RunEvent... events) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    List<byte[]> pieces =
        PlainOutput.of(Flux.just(events)).collectList().blockOptional().orElseThrow();
    assertThat(pieces).allMatch(piece -> piece.length > 0);
    pieces.forEach(bytes::writeBytes);
    return text(bytes.toByteArray());
  }

  private static String text(byte[] bytes) {
    return new String(bytes, StandardCharsets.UTF_8);
  }

  private static RunEvent output(String node, String text) {
    return new RunEvent.Output(new NodeId(node), OutputBytes.ofUtf8(text));
  }

  private static RunEvent finished(String node, int status) {
    return new RunEvent.Finished(new NodeId(node), ExitStatus.code(status));
  }
}
