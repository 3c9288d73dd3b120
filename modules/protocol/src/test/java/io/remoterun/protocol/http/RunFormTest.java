package io.remoterun.protocol.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.remoterun.protocol.run.BadRequest;
import io.remoterun.protocol.run.Condition;
import io.remoterun.protocol.run.NodeId;
import io.remoterun.protocol.run.RunId;
import io.remoterun.protocol.run.RunRequest;
import io.remoterun.protocol.run.RunTarget;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RunFormTest {
  private static final RunId ID = RunId.random();

  @Test
  void readsWhatRelaydReads() {
    RunRequest request =
        request("keep_output=true&asynchronous=false&classes=class2,class3&nodes=root");

    assertThat(request)
        .isEqualTo(
            new RunRequest(
                ID,
                RunTarget.all(),
                List.of(new Condition("class2"), new Condition("class3")),
                false,
                true));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      nullValues = "nothing",
      value = {
        "nothing|",
        "conditions=|",
        "classes=|",
        "conditions=&classes=b|",
        "conditions=a&classes=b|a",
        "classes=b&conditions=a|a",
        "classes=a%2Cb|a b",
        "other=%20&conditions=a|a",
      })
  void conditionsWinOverClassesAndEmptyMeansNone(String body, String expected) {
    assertThat(request(body == null ? "" : body).conditions())
        .extracting(Condition::value)
        .isEqualTo(expected == null ? List.of() : List.of(expected.split(" ", -1)));
  }

  @Test
  void nothingGivenMeansToWaitAndToKeepNoOutput() {
    assertThat(request("")).isEqualTo(new RunRequest(ID, RunTarget.all(), List.of(), false, false));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "classes=class~1|invalid condition: class~1, should match ^[a-zA-Z0-9][a-zA-Z0-9_]*$",
        "classes=a%0A|invalid condition: a?, should match ^[a-zA-Z0-9][a-zA-Z0-9_]*$",
        "classes=a,,b|invalid condition: , should match ^[a-zA-Z0-9][a-zA-Z0-9_]*$",
        "asynchronous=yes|invalid asynchronous: yes, should be true or false",
        "asynchronous=|invalid asynchronous: , should be true or false",
        "keep_output=TRUE|invalid keep_output: TRUE, should be true or false",
        "classes=%zz|invalid percent encoding: %zz",
        "classes=a&classes=b|field given twice: classes",
      })
  void sayWhatIsWrong(String body, String message) {
    assertThatExceptionOfType(BadRequest.class)
        .isThrownBy(() -> request(body))
        .withMessage(message);
  }

  @Test
  void aConditionThatIsTooLongIsRefusedInTheKnownWords() {
    assertThatExceptionOfType(BadRequest.class)
        .isThrownBy(() -> request("conditions=" + "a".repeat(1025)))
        .withMessageEndingWith(", should have less then 1024 chars");
  }

  @Test
  void readsTheNodes() {
    assertThat(RunForm.parse("nodes=root,n1,root").nodes())
        .isEqualTo(new RunTarget.Nodes(List.of(NodeId.ROOT, new NodeId("n1"))));
    for (String body : List.of("", "nodes=", "classes=a")) {
      assertThatExceptionOfType(BadRequest.class)
          .isThrownBy(() -> RunForm.parse(body).nodes())
          .withMessage("Missing nodes");
    }
    assertThatExceptionOfType(BadRequest.class)
        .isThrownBy(() -> RunForm.parse("nodes=root,../n1").nodes())
        .withMessage("invalid node id: ../n1");
  }

  @Test
  void readsWhatItWrites() {
    RunTarget nodes = new RunTarget.Nodes(List.of(NodeId.ROOT, new NodeId("n1")));
    RunRequest request =
        new RunRequest(ID, nodes, List.of(new Condition("a"), new Condition("b_1")), true, true);

    RunForm form = RunForm.parse(RunForm.encode(request));

    assertThat(form.nodes()).isEqualTo(nodes);
    assertThat(form.request(ID, form.nodes())).isEqualTo(request);
    assertThat(RunForm.path(nodes)).isEqualTo("/remote-run/nodes");
    assertThat(RunForm.path(RunTarget.all())).isEqualTo("/remote-run/all");
    assertThat(RunForm.encode(new RunRequest(ID, RunTarget.all(), List.of(), false, true)))
        .isEqualTo("asynchronous=false&keep_output=true");
  }

  @Test
  void whoFollowsARunWithoutOutputIsNotAnsweredBeforeItsEnd() {
    RunRequest request = request("asynchronous=true&keep_output=true&output=none");
    assertThat(request.asynchronous()).isFalse();
    assertThat(request.keepOutput()).isFalse();
    assertThatExceptionOfType(BadRequest.class)
        .isThrownBy(() -> request("output=all"))
        .withMessage("invalid output: all, should be none");
  }

  private static RunRequest request(String body) {
    return RunForm.parse(body).request(ID, RunTarget.all());
  }
}
