package io.remoterun.relay.api;

import io.remoterun.protocol.log.RunEventStream;
import io.remoterun.protocol.log.RunLog;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;

/** Run events as browsers read them: the data of each is the line that other hops get. */
final class ServerSentEvents {
  /** A comment, which readers pass over. */
  static final byte[] HEARTBEAT = bytes(": heartbeat\n\n");

  private ServerSentEvents() {}

  static byte[] of(RunLog.Entry entry) {
    ByteArrayOutputStream event = new ByteArrayOutputStream();
    event.writeBytes(bytes("id: " + entry.sequence() + "\n"));
    addData(event, RunEventStream.encode(entry));
    return event.toByteArray();
  }

  static byte[] of(String name, byte[] line) {
    ByteArrayOutputStream event = new ByteArrayOutputStream();
    event.writeBytes(bytes("event: " + name + "\n"));
    addData(event, line);
    return event.toByteArray();
  }

  /** Long output is several lines, and so several lines of data. */
  private static void addData(ByteArrayOutputStream event, byte[] lines) {
    int from = 0;
    for (int i = 0; i < lines.length; i++) {
      if (lines[i] == '\n') {
        event.writeBytes(bytes("data: "));
        event.write(lines, from, i + 1 - from);
        from = i + 1;
      }
    }
    event.write('\n');
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }
}
