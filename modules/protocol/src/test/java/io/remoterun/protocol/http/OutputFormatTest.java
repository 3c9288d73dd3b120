package io.remoterun.protocol.http;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.remoterun.protocol.run.BadRequest;
import io.remoterun.protocol.run.ExitStatus;
import io.remoterun.protocol.run.NodeId;
import io.remoterun.protocol.run.OutputBytes;
import io.remoterun.protocol.run.RunEvent;
import io.remoterun.protocol.run.RunFailure;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Flux;
import reactor.test.StepVerifier;
import reactor.test.publisher.TestPublisher;

class OutputFormatTest {
  private static final Map<String, String> NAMES =
      Map.of("a", "web-1.example.org", "b", "db-1.example.org", "c", "db-1.example.org");
  private static final RunFailure FAILURE =
      new RunFailure(RunFailure.Kind.UNREACHABLE, "relay root", "cannot\nconnect");

  @Test
  void aTableHasRowsOfAllNodesBesideEachOtherAndASummaryOfEach() {
    assertThat(
            rendered(
                OutputFormat.TABLE,
                output("a", "R: @@T@@result_repaired@@r@@d@@0@@file"),
                output("b", report("result_error", "db", "None", "broken")),
                output("a", " one@@/etc/motd@@2026##n@#changed\n"),
                finished("a", 0),
                new RunEvent.Gap(new NodeId("b"), 10, 17),
                new RunEvent.Failed(new NodeId("b"), FAILURE)))
        .isEqualTo(
            """
            NODE              M STATE         TECHNIQUE                 COMPONENT                 KEY                  MESSAGE
            db-1.example.org  E error         T                         db                                             broken
            web-1.example.org  E repaired      T                         file one                  /etc/motd            changed
            db-1.example.org   ! 17 bytes of output are missing here
            db-1.example.org   ! %1$s

            Summary
            db-1.example.org   failed, 1 component: 1 error, 17 bytes of output are missing
            web-1.example.org  exit status 0, 1 component: 1 repaired
            2 nodes, 2 components: 1 repaired, 1 error
            db-1.example.org   failed: %1$s
            """
                .formatted(FAILURE.toString().replace('\n', '?')));
  }

  @Test
  void aRowIsShownAsSoonAsItsLineIsWhole() {
    TestPublisher<RunEvent> events = TestPublisher.create();
    StepVerifier.create(text(OutputFormat.TABLE, events.flux()))
        .then(() -> events.next(output("a", report("result_error", "c", "k", "m"))))
        .assertNext(shown -> assertThat(shown).contains("web-1.example.org  E error"))
        .then(() -> events.next(output("a", "   error: no "), output("a", "disk\n")))
        .expectNext("web-1.example.org  ! error: no disk\n")
        .then(events::complete)
        .thenConsumeWhile(any -> true)
        .expectComplete()
        .verify(Duration.ofSeconds(30));
  }

  @Test
  void nodesOfTheSameNameAreToldApart() {
    assertThat(rendered(OutputFormat.TABLE, finished("b", 0), finished("c", 1)))
        .contains("db-1.example.org      exit status 0", "db-1.example.org (c)  failed");
  }

  @Test
  void asRudderShowsItThereIsOneSummaryAndErrorsAreShownAlways() {
    assertThat(
            rendered(
                OutputFormat.RUDDER,
                output("a", "R: @@T@@result_repaired@@r@@d@@0@@c@@/etc/motd,\n"),
                output("b", report("result_error", "db", "None", "broken")),
                output("a", " and one@@2026##n@#changed\n"),
                finished("a", 0),
                new RunEvent.Failed(new NodeId("b"), FAILURE)))
        .contains(
            "db-1.example.or E| error         T                         db",
            "web-1.example.o E| repaired      T                         c                        "
                + " /etc/motd, and one changed\n",
            "   error: db-1.example.org: relay root: cannot?connect (check",
            "=> 2 components in Enforce mode")
        .endsWith("last line\n");
  }

  @Test
  void timesThatAgentsPutBeforeTheirLinesChangeNothing() {
    String time = "2026-11-02T08:15:01+00:00 ";
    RunEvent[] events = {
      output("a", time + "R: @@T@@result_repaired@@r@@d@@0@@c@@/etc/motd,\n"),
      output("b", time + "R: @@T@@result_error@@r@@d@@0@@c@@cut off\n"),
      output("a", time + " and one@@2026##n@#changed\n" + time + "   error: no disk\n"),
      output("b", time + report("audit_error", "interrupts", "None", "broken")),
      finished("a", 0),
      finished("b", 0)
    };
    assertThat(rendered(OutputFormat.RUDDER, events))
        .contains(
            "E| repaired      T                         c                         /etc/motd, and"
                + " one")
        .contains("warning  1 reports were not parsable.", "   => 1 components in Enforce mode");
    assertThat(rendered(OutputFormat.TABLE, events))
        .contains("web-1.example.org  E repaired      T", "/etc/motd, and one   changed\n")
        .contains("web-1.example.org  ! error: no disk\n")
        .contains("db-1.example.org   ! cut off: R: @@T@@result_error@@")
        .contains("db-1.example.org   A error         T                         interrupts");
  }

  @Test
  void asItIsNothingIsAdded() {
    assertThat(rendered(OutputFormat.RAW, output("a", "anything\n"), finished("a", 0)))
        .isEqualTo("anything\nlast line\n");
  }

  @Test
  void aReportThatIsCutOffIsShownAtTheEndOfItsNode() {
    assertThat(rendered(OutputFormat.TABLE, output("a", "R: @@T@@result_err"), finished("a", 0)))
        .contains("web-1.example.org  ! cut off: R: @@T@@result_err\n");
  }

  @Test
  void aFormatIsOneOfThree() {
    assertThat(OutputFormat.parse("rudder")).isEqualTo(OutputFormat.RUDDER);
    assertThatThrownBy(() -> OutputFormat.parse("Raw\n"))
        .isInstanceOf(BadRequest.class)
        .hasMessage("invalid format: Raw?, should be raw, rudder or table");
  }

  private static String rendered(OutputFormat format, RunEvent... events) {
    return text(format, Flux.just(events)).toStream().collect(Collectors.joining());
  }

  private static Flux<String> text(OutputFormat format, Flux<RunEvent> events) {
    return format
        .of(
            events,
            node -> NAMES.getOrDefault(node.value(), node.value()),
            () -> Optional.of("last line"))
        .map(bytes -> new String(bytes, UTF_8));
  }

  private static String report(String state, String component, String key, String message) {
    return "R: @@T@@%s@@r@@d@@0@@%s@@%s@@2026-11-02 08:15:01+00:00##n@#%s\n"
        .formatted(state, component, key, message);
  }

  private static RunEvent output(String node, String text) {
    return new RunEvent.Output(new NodeId(node), OutputBytes.ofUtf8(text));
  }

  private static RunEvent finished(String node, int status) {
    return new RunEvent.Finished(new NodeId(node), ExitStatus.code(status));
  }
}
