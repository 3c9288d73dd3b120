package io.remoterun.node.schedule;

import static org.assertj.core.api.Assertions.assertThat;

import io.remoterun.protocol.run.Condition;
import io.remoterun.protocol.run.ExitStatus;
import io.remoterun.protocol.run.NodeId;
import io.remoterun.protocol.run.RunEvent;
import io.remoterun.protocol.run.RunFailure;
import io.remoterun.protocol.run.RunFailure.Kind;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.LoggerFactory;

class RefusalsTest {
  private static final NodeId NODE = new NodeId("n1");
  private static final List<String> AGENT = List.of("/agent", "run", "-R");
  private static final RunEvent ENDED = new RunEvent.Finished(NODE, ExitStatus.code(0));

  private final Refusals refusals = new Refusals(AGENT, LoggerFactory.getLogger("refusals"));

  @ParameterizedTest
  @ValueSource(strings = {"/agent run", "/agent run -R -D x", "/agent run -u -R"})
  void theAgentIsRunInThePlaceOfASectionThatRunsItAndIsRefusedUntilItIsNot(String command) {
    Section section = section(command);
    Job own = refusals.job(section);
    String words = "the agent is run in its place, as job.agent: no";
    for (int time = 0; time < 2; time++) {
      assertThat(hear(section, failed(Kind.REFUSED))).isEqualTo(words);
      assertThat(refusals.job(section)).isEqualTo(Job.AGENT);
      assertThat(hear(section, failed(Kind.OVERLOADED))).isEqualTo("no");
      assertThat(refusals.job(section)).isEqualTo(Job.AGENT);
      assertThat(hear(section, ENDED)).isEqualTo("done");
      assertThat(refusals.job(section)).isEqualTo(own);
      assertThat(refusals.problems()).containsExactly(new Problem("section x", words));
    }
    assertThat(hear(section, ENDED)).isEqualTo("done");
    assertThat(refusals.problems()).isEmpty();
  }

  @Test
  void theAgentInThePlaceOfASectionIsNotTriedForEverWhenItIsRefusedItself() {
    Section section = section("/agent run -D x");
    hear(section, failed(Kind.REFUSED));

    assertThat(hear(section, failed(Kind.REFUSED))).isEqualTo("done");
    assertThat(refusals.problems()).containsExactly(new Problem("section x", "it is not run: no"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"/agent run -R", "/agent inventory", "/bin/true"})
  void nothingIsRunInThePlaceOfTheAgentItselfOrOfWhatDoesNotRunIt(String command) {
    Section section = section(command);

    assertThat(hear(section, failed(Kind.REFUSED))).isEqualTo("done");
    assertThat(refusals.problems()).containsExactly(new Problem("section x", "it is not run: no"));
  }

  /** A job that runs until its time is over has been started all the same. */
  @ParameterizedTest
  @EnumSource(names = {"STOPPED", "INTERRUPTED"})
  void whatHasBegunIsNotRefusedAnyMoreHoweverItEnds(Kind kind) {
    Section section = section("/bin/true");
    hear(section, failed(Kind.REFUSED));

    assertThat(hear(section, failed(kind))).isEqualTo("done");
    assertThat(refusals.problems()).isEmpty();
  }

  /** As when the helper cannot be reached: it may refuse it again. */
  @ParameterizedTest
  @EnumSource(names = {"AGENT", "INTERNAL", "UNCONFIRMED", "OVERLOADED"})
  void whatMayNotHaveBegunIsStillRefused(Kind kind) {
    Section section = section("/bin/true");
    hear(section, failed(Kind.REFUSED));
    hear(section, failed(kind));

    assertThat(refusals.problems()).hasSize(1);
  }

  @Test
  void whatIsNotPlannedAnyMoreIsNoProblem() {
    Section section = section("/agent run");
    hear(section, failed(Kind.REFUSED));
    refusals.keep(List.of());

    assertThat(refusals.problems()).isEmpty();
    assertThat(refusals.job(section)).isEqualTo(new Job("x", List.of()));
  }

  @Test
  void whatCannotBeStartedForAnotherReasonIsReplacedByNothing() {
    Section section = section("/agent run");

    assertThat(hear(section, failed(Kind.AGENT))).isEqualTo("done");
    assertThat(refusals.problems()).isEmpty();
  }

  @Test
  void conditionsGoWithTheSectionAndNotWithTheAgentInItsPlace() {
    Section section = section("/agent run -R -D x");
    assertThat(refusals.job(section)).isEqualTo(new Job("agent", List.of(new Condition("x"))));
    hear(section, failed(Kind.REFUSED));

    assertThat(refusals.job(section).conditions()).isEmpty();
  }

  private String hear(Section section, RunEvent first) {
    Job job = refusals.job(section);
    refusals.started(section);
    return refusals.hear(section, job, first).orElse("done");
  }

  private static RunEvent failed(Kind kind) {
    return new RunEvent.Failed(NODE, new RunFailure(kind, "node n1", "no"));
  }

  private static Section section(String command) {
    return new Section(
        "x",
        List.of(command.split(" ", -1)),
        Timing.every(Duration.ofMinutes(5)),
        Section.DEFAULT_LONGEST,
        1);
  }
}
