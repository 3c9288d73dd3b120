package io.remoterun.cli.follow;

import static org.assertj.core.api.Assertions.assertThat;

import io.remoterun.cli.console.Shell;
import io.remoterun.cli.console.Terminal;
import io.remoterun.cli.console.Words;
import io.remoterun.protocol.run.NodeId;
import io.remoterun.protocol.run.OutputBytes;
import io.remoterun.protocol.run.RunEvent;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OutputFilesTest {
  private static final int MORE_THAN_ARE_OPEN = 250;

  @TempDir Path folder;

  private OutputFiles files(Map<NodeId, String> names) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    Shell shell =
        new Shell(InputStream.nullInputStream(), out, new Words(out), Map.of(), Terminal.NONE);
    return new OutputFiles(folder.resolve("new/folder"), shell, new KnownRun("run", names));
  }

  private static void print(OutputFiles files, NodeId node, String text) throws IOException {
    files.event(Optional.of(new RunEvent.Output(node, OutputBytes.ofUtf8(text))), "", "");
  }

  @Test
  void eachNodeHasItsOwnHoweverManyThereAre() throws IOException {
    Map<NodeId, String> names = new HashMap<>();
    for (int i = 0; i < MORE_THAN_ARE_OPEN; i++) {
      names.put(new NodeId("n" + i), "node" + i + ".example");
    }
    KnownRun run = new KnownRun("run", names);
    for (int round = 0; round < 2; round++) {
      OutputFiles files = files(names);
      files.begin(run);
      for (String line : new String[] {"one\n", "two\n"}) {
        for (NodeId node : names.keySet()) {
          print(files, node, line);
        }
      }
      files.end("", "");
    }

    for (String name : names.values()) {
      assertThat(folder.resolve("new/folder/" + name + ".log")).hasContent("one\ntwo\n");
    }
  }

  @Test
  void aNameIsNeverAPath() {
    NodeId node = new NodeId("n1");
    assertThat(OutputFiles.fileName("one.example", node)).isEqualTo("one.example.log");
    for (String name : new String[] {"../../etc/passwd", "a/b", ".hidden", "", "a\nb", "-x", "é"}) {
      assertThat(OutputFiles.fileName(name, node)).isEqualTo("n1.log");
    }
  }

  @Test
  void keepsEveryByte() throws IOException {
    NodeId node = new NodeId("n1");
    OutputFiles files = files(Map.of(node, "n1"));
    files.begin(new KnownRun("run", Map.of()));
    byte[] bytes = {0, (byte) 0xff, '\n', 'x'};
    files.event(Optional.of(new RunEvent.Output(node, OutputBytes.copyOf(bytes))), "", "");
    files.end("", "");

    assertThat(Files.readAllBytes(folder.resolve("new/folder/n1.log"))).isEqualTo(bytes);
  }
}
