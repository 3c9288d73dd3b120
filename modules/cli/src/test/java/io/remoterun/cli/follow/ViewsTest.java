package io.remoterun.cli.follow;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.remoterun.cli.console.Shell;
import io.remoterun.cli.console.Terminal;
import io.remoterun.cli.console.Words;
import io.remoterun.protocol.report.FormatOptions;
import io.remoterun.protocol.run.ExitStatus;
import io.remoterun.protocol.run.NodeId;
import io.remoterun.protocol.run.OutputBytes;
import io.remoterun.protocol.run.RunEvent;
import io.remoterun.protocol.run.RunFailure;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Where the agents' bytes are written as they are, everything else is told beside them. */
class ViewsTest {
  private static final NodeId ONE = new NodeId("n1");
  private static final NodeId TWO = new NodeId("n2");
  private static final KnownRun ALONE = new KnownRun("run", Map.of(ONE, "one.example"));
  private static final KnownRun MANY =
      new KnownRun("run", Map.of(ONE, "one.example", TWO, "two.example"));
  private static final RunFailure UNREACHABLE =
      new RunFailure(RunFailure.Kind.UNREACHABLE, "relay root", "cannot connect");

  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final ByteArrayOutputStream problems = new ByteArrayOutputStream();
  private final Shell shell =
      new Shell(InputStream.nullInputStream(), out, new Words(problems), Map.of(), Terminal.NONE);

  private static void show(View view, RunEvent... events) throws IOException {
    for (RunEvent event : events) {
      view.event(Optional.of(event), "", "");
    }
  }

  private static RunEvent output(String text) {
    return new RunEvent.Output(ONE, OutputBytes.ofUtf8(text));
  }

  @Test
  void thatBytesAreMissingIsToldBesideThem() throws IOException {
    for (KnownRun run : new KnownRun[] {ALONE, MANY}) {
      out.reset();
      problems.reset();
      show(Views.raw(shell, run, true), output("a\n"), new RunEvent.Gap(ONE, 2, 17), output("b\n"));
      assertThat(out.toString(UTF_8).replace("one.example> ", "")).isEqualTo("a\nb\n");
      assertThat(problems.toString(UTF_8))
          .isEqualTo("remote-run: one.example: 17 bytes are missing\n");
    }
  }

  @Test
  void thatBytesAreMissingInAFileIsTold(@TempDir Path folder) throws IOException {
    OutputFiles files = new OutputFiles(folder, shell, MANY);
    files.begin(MANY);
    show(files, output("a\n"), new RunEvent.Gap(ONE, 2, 17), output("b\n"));
    files.end("", "");
    assertThat(folder.resolve("one.example.log")).hasContent("a\nb\n");
    assertThat(problems.toString(UTF_8)).contains("one.example: 17 bytes are missing");
  }

  @Test
  void namesAreAsWideAsATerminalShowsThem() {
    assertThat(new KnownRun("run", Map.of(ONE, "漢字", TWO, "abc")).widthOfNames()).isEqualTo(4);
  }

  @Test
  void withoutASummaryWhatFailsIsToldWhenItDoes() throws IOException {
    RunEvent failed = new RunEvent.Failed(ONE, UNREACHABLE);
    RunEvent badEnd = new RunEvent.Finished(ONE, ExitStatus.code(3));
    RunEvent goodEnd = new RunEvent.Finished(ONE, ExitStatus.code(0));
    for (KnownRun run : new KnownRun[] {ALONE, MANY}) {
      problems.reset();
      show(Views.raw(shell, run, false), failed, badEnd, goodEnd);
      assertThat(problems.toString(UTF_8))
          .isEqualTo(
              "remote-run: one.example: "
                  + UNREACHABLE
                  + "\nremote-run: one.example: exit status 3\n");
      problems.reset();
      show(Views.raw(shell, run, true), failed, badEnd, goodEnd);
      assertThat(problems.toString(UTF_8)).isEmpty();
    }
    assertThat(out.toString(UTF_8)).isEmpty();
  }

  @Test
  void missingBytesAreInTheSummaryAndNoSuccess() {
    Told told = new Told(ALONE, FormatOptions.defaults());
    told.see(new RunEvent.Gap(ONE, 2, 17));
    told.see(new RunEvent.Finished(ONE, ExitStatus.code(0)));
    assertThat(told.end()).contains("17 bytes of output are missing");
    assertThat(told.exitStatus(false, false)).isZero();
    assertThat(told.exitStatus(true, false)).isEqualTo(1);
  }
}
