package io.remoterun.protocol.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.remoterun.protocol.log.RunLog.Entry;
import io.remoterun.protocol.run.ExitStatus;
import io.remoterun.protocol.run.NodeId;
import io.remoterun.protocol.run.OutputBytes;
import io.remoterun.protocol.run.RunEvent;
import io.remoterun.protocol.run.RunFailure;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RunEventStreamTest {
  private static final NodeId N1 = new NodeId("n1");

  private static final List<RunEvent> EVENTS =
      List.of(
          new RunEvent.Started(N1, "rudder agent run -R"),
          new RunEvent.Output(N1, OutputBytes.ofUtf8("héllo \"wörld\" 😀\n")),
          new RunEvent.Output(N1, OutputBytes.ofUtf8("\0\r\n")),
          new RunEvent.Output(N1, OutputBytes.copyOf(new byte[] {(byte) 0xff, 0, '\n'})),
          new RunEvent.Output(N1, OutputBytes.ofUtf8("")),
          new RunEvent.Heartbeat(N1),
          new RunEvent.Gap(N1, 6_000_000_000L, 5_000_000_000L),
          new RunEvent.Finished(N1, ExitStatus.code(0)),
          new RunEvent.Finished(N1, ExitStatus.code(-1)),
          new RunEvent.Finished(N1, new ExitStatus.NotReported()),
          new RunEvent.Finished(N1, new ExitStatus.Killed()),
          new RunEvent.Finished(N1, new ExitStatus.Killed(9)),
          new RunEvent.Failed(
              N1, new RunFailure(RunFailure.Kind.WRONG_KEY, "relay root", "other key")));

  @Test
  void oneEventIsOneLine() {
    assertThat(text(EVENTS.getFirst()))
        .isEqualTo("{\"event\":\"started\",\"node\":\"n1\",\"command\":\"rudder agent run -R\"}\n");
    assertThat(text(EVENTS.get(1)))
        .isEqualTo(
            "{\"event\":\"output\",\"node\":\"n1\",\"text\":\"héllo \\\"wörld\\\" 😀\\n\"}\n");
    assertThat(text(EVENTS.get(3)))
        .isEqualTo("{\"event\":\"output\",\"node\":\"n1\",\"base64\":\"/wAK\"}\n");
    assertThat(text(EVENTS.get(7)))
        .isEqualTo("{\"event\":\"finished\",\"node\":\"n1\",\"status\":0}\n");
    assertThat(text(EVENTS.get(9))).isEqualTo("{\"event\":\"finished\",\"node\":\"n1\"}\n");
    assertThat(text(EVENTS.get(10)))
        .isEqualTo("{\"event\":\"finished\",\"node\":\"n1\",\"killed\":true}\n");
    assertThat(text(EVENTS.get(11)))
        .isEqualTo("{\"event\":\"finished\",\"node\":\"n1\",\"killed\":true,\"signal\":9}\n");
    assertThat(text(EVENTS.getLast()))
        .isEqualTo(
            "{\"event\":\"failed\",\"node\":\"n1\",\"kind\":\"WRONG_KEY\",\"hop\":\"relay root\","
                + "\"reason\":\"other key\"}\n");
  }

  @Test
  void readsWhatItWritesHoweverItIsCut() {
    byte[] stream = stream(EVENTS);
    for (int split = 0; split <= stream.length; split++) {
      RunEventDecoder decoder = new RunEventDecoder();
      List<RunEvent> events = new ArrayList<>(feed(decoder, Arrays.copyOf(stream, split)));
      events.addAll(feed(decoder, Arrays.copyOfRange(stream, split, stream.length)));
      assertThat(events).as("split at %d", split).isEqualTo(EVENTS);
    }
  }

  @Test
  void readsByteByByte() {
    RunEventDecoder decoder = new RunEventDecoder();
    List<RunEvent> events = new ArrayList<>();
    for (byte b : stream(EVENTS)) {
      events.addAll(feed(decoder, new byte[] {b}));
    }
    assertThat(events).isEqualTo(EVENTS);
  }

  @Test
  void everyPairOfBytesSurvives() {
    RunEventDecoder decoder = new RunEventDecoder();
    for (int first = 0; first < 256; first++) {
      byte[] bytes = new byte[512];
      for (int second = 0; second < 256; second++) {
        bytes[2 * second] = (byte) first;
        bytes[2 * second + 1] = (byte) second;
      }
      RunEvent output = new RunEvent.Output(N1, OutputBytes.copyOf(bytes));
      assertThat(feed(decoder, RunEventStream.encode(output))).containsExactly(output);
    }
  }

  @Test
  void longOutputBecomesSeveralLinesAndNoByteIsLost() {
    byte[] bytes = new byte[1_000_000];
    byte[] more = "é".repeat(100_000).getBytes(StandardCharsets.UTF_8);
    System.arraycopy(more, 0, bytes, 1, more.length);

    List<RunEvent> events =
        feed(
            new RunEventDecoder(),
            RunEventStream.encode(new RunEvent.Output(N1, OutputBytes.copyOf(bytes))));

    ByteArrayOutputStream together = new ByteArrayOutputStream();
    events.forEach(event -> together.writeBytes(((RunEvent.Output) event).bytes().toByteArray()));
    assertThat(events).hasSize(8);
    assertThat(together.toByteArray()).isEqualTo(bytes);
  }

  @Test
  void anEntryIsALineWithItsNumber() {
    Entry entry = new Entry(5_000_000_000L, new RunEvent.Gap(N1, 1000, 4096));
    byte[] line = RunEventStream.encode(entry);
    assertThat(new String(line, StandardCharsets.UTF_8))
        .isEqualTo(
            "{\"event\":\"gap\",\"node\":\"n1\",\"from\":1000,\"bytes\":4096,\"id\":5000000000}\n");
    assertThat(new RunEventDecoder().feed(line)).containsExactly(entry);
  }

  @Test
  void whereThereIsNoNumberThereIsNoneInTheLine() {
    RunEvent heartbeat = new RunEvent.Heartbeat(N1);
    assertThat(RunEventStream.encode(new Entry(0, heartbeat)))
        .isEqualTo(RunEventStream.encode(heartbeat));
    assertThat(new RunEventDecoder().feed(RunEventStream.encode(heartbeat)))
        .containsExactly(new Entry(0, heartbeat));
  }

  @Test
  void whoHasReadTheNumberHasReadAllOfTheEntry() {
    RunEvent output = new RunEvent.Output(N1, OutputBytes.copyOf(new byte[300_000]));
    assertThat(new RunEventDecoder().feed(RunEventStream.encode(new Entry(7, output))))
        .extracting(Entry::sequence)
        .containsExactly(0L, 0L, 7L);
  }

  @Test
  void noEventMakesALineThatIsTooLong() {
    String command = "\0".repeat(1_000_000);
    RunFailure failure = new RunFailure(RunFailure.Kind.INTERNAL, command, command);
    assertThat(
            new RunEventDecoder()
                .feed(
                    stream(
                        List.of(
                            new RunEvent.Started(N1, command), new RunEvent.Failed(N1, failure)))))
        .hasSize(2);
  }

  @Test
  void whatANewerHopSaysMoreIsIgnored() {
    assertThat(
            decode(
                """
                {"event":"paused","until":"tomorrow"}

                {"event":"finished","node":"n1","status":0,"took":12}
                """))
        .containsExactly(new RunEvent.Finished(N1, ExitStatus.code(0)));
    assertThat(
            decode(
                """
                {"event":"failed","node":"n1","kind":"EXPIRED","hop":"relay r","reason":"late\\n"}
                """))
        .containsExactly(
            new RunEvent.Failed(
                N1, new RunFailure(RunFailure.Kind.RELAY, "relay r", "EXPIRED: late?")));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "OK",
        "{",
        "[]",
        "null",
        " ",
        "{\"event\":1}",
        "{\"node\":\"n1\"}",
        "{\"event\":\"heartbeat\"}",
        "{\"event\":\"heartbeat\",\"node\":\"../n1\"}",
        "{\"event\":\"heartbeat\",\"node\":\"n1\"} {}",
        "{\"event\":\"heartbeat\",\"node\":\"n1\",\"id\":0}",
        "{\"event\":\"heartbeat\",\"node\":\"n1\",\"id\":\"1\"}",
        "{\"event\":\"heartbeat\",\"node\":\"n1\",\"id\":null}",
        "{\"event\":\"output\",\"node\":\"n1\"}",
        "{\"event\":\"output\",\"node\":\"n1\",\"base64\":\"!\"}",
        "{\"event\":\"gap\",\"node\":\"n1\",\"bytes\":1}",
        "{\"event\":\"gap\",\"node\":\"n1\",\"from\":0,\"bytes\":-1}",
        "{\"event\":\"gap\",\"node\":\"n1\",\"from\":-1,\"bytes\":1}",
        "{\"event\":\"gap\",\"node\":\"n1\",\"from\":0,\"bytes\":\"1\"}",
        "{\"event\":\"gap\",\"node\":\"n1\",\"from\":9223372036854775807,\"bytes\":1}",
        "{\"event\":\"finished\",\"node\":\"n1\",\"status\":\"0\"}",
        "{\"event\":\"finished\",\"node\":\"n1\",\"status\":null}",
        "{\"event\":\"finished\",\"node\":\"n1\",\"status\":1.5}",
        "{\"event\":\"failed\",\"node\":\"n1\",\"kind\":\"TLS\"}",
      })
  void whatIsNoEventIsAnErrorThatQuotesIt(String line) {
    assertThatExceptionOfType(MalformedEventException.class)
        .isThrownBy(() -> decode(line + "\n"))
        .withMessage("no event: " + line);
  }

  @Test
  void aLineIsBounded() {
    RunEventDecoder decoder = new RunEventDecoder(100);
    decoder.feed(new byte[60]);
    assertThatExceptionOfType(MalformedEventException.class)
        .isThrownBy(() -> decoder.feed(new byte[60]))
        .withMessage("a line of more than 100 bytes");
  }

  private static List<RunEvent> decode(String lines) {
    return feed(new RunEventDecoder(), lines.getBytes(StandardCharsets.UTF_8));
  }

  private static List<RunEvent> feed(RunEventDecoder decoder, byte[] chunk) {
    return decoder.feed(chunk).stream().map(Entry::event).toList();
  }

  private static String text(RunEvent event) {
    return new String(RunEventStream.encode(event), StandardCharsets.UTF_8);
  }

  private static byte[] stream(List<RunEvent> events) {
    ByteArrayOutputStream stream = new ByteArrayOutputStream();
    events.forEach(event -> stream.writeBytes(RunEventStream.encode(event)));
    return stream.toByteArray();
  }
}
