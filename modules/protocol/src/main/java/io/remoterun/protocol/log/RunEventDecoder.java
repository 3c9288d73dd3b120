package io.remoterun.protocol.log;

import io.remoterun.protocol.log.RunLog.Entry;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.List;

/**
 * Takes NDJSON apart as it arrives, however it is cut into chunks. Keeps at most one line. Not
 * thread-safe.
 */
public final class RunEventDecoder {
  private final int mostBytesOfLine;
  private final ByteArrayOutputStream begun = new ByteArrayOutputStream();

  public RunEventDecoder() {
    this(RunEventStream.MOST_BYTES_OF_LINE);
  }

  RunEventDecoder(int mostBytesOfLine) {
    this.mostBytesOfLine = mostBytesOfLine;
  }

  /**
   * The events of the lines that this chunk ends, in their order, with their numbers, which are 0
   * where the other hop gives none. What is after the last line feed waits for the next chunk; at
   * the end of a stream it is an event that was cut off, and no event.
   *
   * @throws MalformedEventException when a line is no event or too long
   */
  public List<Entry> feed(byte[] chunk) {
    List<Entry> entries = new ArrayList<>();
    int from = 0;
    for (int i = 0; i < chunk.length; i++) {
      if (chunk[i] == '\n') {
        add(chunk, from, i);
        endLine(entries);
        from = i + 1;
      }
    }
    add(chunk, from, chunk.length);
    return entries;
  }

  private void add(byte[] chunk, int from, int to) {
    if (begun.size() + (to - from) > mostBytesOfLine) {
      throw new MalformedEventException("a line of more than " + mostBytesOfLine + " bytes");
    }
    begun.write(chunk, from, to - from);
  }

  private void endLine(List<Entry> entries) {
    byte[] line = begun.toByteArray();
    begun.reset();
    if (line.length > 0) {
      RunEventStream.decode(line).ifPresent(entries::add);
    }
  }
}
