package io.remoterun.protocol.http;

import io.remoterun.protocol.report.FormatOptions;
import io.remoterun.protocol.run.BadRequest;
import io.remoterun.protocol.run.NodeId;
import io.remoterun.protocol.run.Printable;
import io.remoterun.protocol.run.RunEvent;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;
import reactor.core.publisher.Flux;

/** How what agents print is told to who knows nothing of events. */
public enum OutputFormat {
  /** As they print it, see {@link PlainOutput}. */
  RAW,
  /** As {@code rudder remote run} shows it: what today's relays answer with. */
  RUDDER,
  /** The product's own table, which names nodes, and sums up each of them. */
  TABLE;

  /**
   * @throws BadRequest when it is none of them
   */
  public static OutputFormat parse(String word) {
    return switch (word) {
      case "raw" -> RAW;
      case "rudder" -> RUDDER;
      case "table" -> TABLE;
      default ->
          throw new BadRequest(
              "invalid format: " + Printable.of(word) + ", should be raw, rudder or table");
    };
  }

  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }

  /**
   * What is to be shown of a run, row by row while it comes; nothing waits for its end but the
   * summary. The elements are never empty.
   *
   * @param names what nodes are called; not asked for {@link #RAW}, where they are their ids
   * @param lastLine what is to be said after all events, if anything; without its line feed. A
   *     table says that itself
   */
  public Flux<byte[]> of(
      Flux<RunEvent> events, Function<NodeId, String> names, Supplier<Optional<String>> lastLine) {
    FormatOptions options = FormatOptions.defaults();
    return switch (this) {
      case RAW -> PlainOutput.of(events, lastLine);
      case RUDDER -> FormattedOutput.of(events, names, () -> new RudderRows(options, lastLine));
      case TABLE -> FormattedOutput.of(events, names, () -> new TableRows(options));
    };
  }

  /** The table of a single node, whose rows need not name it. */
  public static Flux<byte[]> tableOfOne(Flux<RunEvent> events, boolean isColoured) {
    FormatOptions options =
        new FormatOptions(false, false, false, false, isColoured, false, false, false);
    return FormattedOutput.of(events, NodeId::value, () -> new TableRows(options));
  }
}
