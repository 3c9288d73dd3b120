package io.remoterun.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.remoterun.testkit.CfengineHost;
import io.remoterun.testkit.TestHost;
import java.io.ByteArrayOutputStream;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What the agent prints is what the client of the root relay gets, through two relays, byte by
 * byte.
 */
class OutputIsIdenticalIT {
  @TempDir Path folder;

  @Test
  void whateverTheAgentPrintsComesThroughTwoRelays() throws Exception {
    TestHost rootHost = TestHost.make(folder, "root");
    TestHost siteHost = TestHost.make(folder, "site");
    TestHost nodeHost = TestHost.make(folder, "node");
    byte[] output = awkwardOutput();
    Path file = Files.write(folder.resolve("output"), output);
    Path agent = CfengineHost.on(nodeHost).script("agent.sh", "cat " + file + "\n");
    try (OurNode node = OurNode.start(nodeHost, agent, siteHost);
        OurRelay site =
            OurRelay.start(
                new RelaySettings(siteHost)
                    .under(rootHost, 0)
                    .own("node", node.port(), nodeHost.hash()));
        OurRelay root =
            OurRelay.start(
                new RelaySettings(rootHost)
                    .below(siteHost, site.httpsPort())
                    .node("node", "node.example.org", nodeHost.hash(), "site"))) {
      HttpResponse<byte[]> answer = root.post("/remote-run/nodes/node", "keep_output=true");

      assertThat(answer.statusCode()).isEqualTo(200);
      assertThat(answer.body()).isEqualTo(output);
    }
  }

  private static byte[] awkwardOutput() {
    ByteArrayOutputStream output = new ByteArrayOutputStream();
    output.writeBytes("NUL \0, and an empty line\n\n\r\n".getBytes(StandardCharsets.UTF_8));
    output.writeBytes(new byte[] {(byte) 0xff, (byte) 0xc3, '\n', (byte) 0xe2, (byte) 0x82, '\n'});
    for (int i = 0; i < 256; i++) {
      output.write(i);
    }
    output.writeBytes("\n".getBytes(StandardCharsets.UTF_8));
    output.writeBytes("long \u20ac ".repeat(120_000).getBytes(StandardCharsets.UTF_8));
    output.writeBytes(
        "\n> BAD: (exit code: 7)\nno newline at the end".getBytes(StandardCharsets.UTF_8));
    return output.toByteArray();
  }
}
