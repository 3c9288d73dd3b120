package io.remoterun.protocol.http;

import io.remoterun.protocol.run.NodeId;
import io.remoterun.protocol.run.RunEvent;
import io.remoterun.protocol.run.RunFailure;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;

/**
 * A run as plain bytes, for whoever knows nothing of events: what the agents print as it is, and
 * what else a person has to know as a line of its own, which starts with the node's id.
 *
 * <p>Lines of different nodes are never mixed. While a node has begun a line, what others print
 * waits for its end; when more than 64 KiB wait, the line is ended with a line feed that the agent
 * did not print. A node that is alone is never held back and nothing is added to what it prints,
 * but where an error has to follow a line that has no end.
 */
public final class PlainOutput {
  static final int MOST_BYTES_WAITING = 64 << 10;
  private static final int OVERHEAD = 100;

  private final LinkedHashMap<NodeId, List<RunEvent>> waiting = new LinkedHashMap<>();
  private final List<byte[]> rendered = new ArrayList<>();
  private @Nullable NodeId inLine;
  private boolean lineIsOpen;
  private int bytesWaiting;

  private PlainOutput() {}

  /** Without a last line. */
  public static Flux<byte[]> of(Flux<RunEvent> events) {
    return of(events, Optional::empty);
  }

  /**
   * Each element is as much as there is to send at once; never empty.
   *
   * @param lastLine what is to be said after all events, if anything; without its line feed
   */
  public static Flux<byte[]> of(Flux<RunEvent> events, Supplier<Optional<String>> lastLine) {
    return Flux.defer(
        () -> {
          PlainOutput output = new PlainOutput();
          return events
              .filter(PlainOutput::isShown)
              .concatMapIterable(output::render)
              .concatWith(Flux.defer(() -> Flux.fromIterable(output.end(lastLine.get()))));
        });
  }

  private static boolean isShown(RunEvent event) {
    return !(event instanceof RunEvent.Started || event instanceof RunEvent.Heartbeat);
  }

  private List<byte[]> render(RunEvent event) {
    if (inLine == null || inLine.equals(event.node())) {
      write(event);
    } else {
      await(event);
    }
    writeWaiting();
    return taken();
  }

  private List<byte[]> end(Optional<String> lastLine) {
    inLine = null;
    while (!waiting.isEmpty()) {
      writeWaiting();
      inLine = null;
    }
    lastLine.ifPresent(this::writeLine);
    return taken();
  }

  private void await(RunEvent event) {
    waiting.computeIfAbsent(event.node(), node -> new ArrayList<>()).add(event);
    bytesWaiting += cost(event);
    if (bytesWaiting > MOST_BYTES_WAITING) {
      inLine = null;
    }
  }

  private static int cost(RunEvent event) {
    return OVERHEAD + (event instanceof RunEvent.Output output ? output.bytes().size() : 0);
  }

  /** All that waits of one node, then of the next, until one of them is in the middle of a line. */
  private void writeWaiting() {
    while (inLine == null && !waiting.isEmpty()) {
      for (RunEvent event : waiting.firstEntry().getValue()) {
        bytesWaiting -= cost(event);
        write(event);
      }
      waiting.pollFirstEntry();
    }
  }

  private void write(RunEvent event) {
    switch (event) {
      case RunEvent.Output output -> writeOutput(output);
      case RunEvent.Gap gap ->
          writeLine(event, "warning: " + gap.bytes() + " bytes of output are missing here");
      case RunEvent.Finished finished when finished.status().isFailure() ->
          writeLine(
              event, "error: node " + event.node() + ": agent ended with " + finished.status());
      case RunEvent.Failed failed -> writeLine(event, "error: " + oneLine(failed.failure()));
      case RunEvent.Finished finished -> inLine = null;
      case RunEvent.Started started -> {} // not shown
      case RunEvent.Heartbeat heartbeat -> {} // not shown
    }
  }

  private void writeOutput(RunEvent.Output output) {
    if (output.bytes().size() == 0) {
      return;
    }
    if (inLine == null) {
      startLine();
    }
    rendered.add(output.bytes().toByteArray());
    lineIsOpen = !output.bytes().endsLine();
    inLine = lineIsOpen ? output.node() : null;
  }

  private void writeLine(RunEvent event, String text) {
    writeLine(event.node() + ": " + text);
  }

  private void writeLine(String text) {
    startLine();
    rendered.add((text + "\n").getBytes(StandardCharsets.UTF_8));
    inLine = null;
  }

  private void startLine() {
    if (lineIsOpen) {
      rendered.add(new byte[] {'\n'});
      lineIsOpen = false;
    }
  }

  static String oneLine(RunFailure failure) {
    return failure.toString().replaceAll("\\p{Cntrl}", "?");
  }

  private List<byte[]> taken() {
    List<byte[]> taken = List.copyOf(rendered);
    rendered.clear();
    return taken;
  }
}
