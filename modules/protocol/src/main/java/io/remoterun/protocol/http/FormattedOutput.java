package io.remoterun.protocol.http;

import io.remoterun.protocol.run.NodeId;
import io.remoterun.protocol.run.RunEvent;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Supplier;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** Puts the pieces of each node's lines together, and has the lines formatted. */
final class FormattedOutput {
  /** Of a line; a longer one is formatted in pieces. */
  private static final int MOST_BYTES_OF_LINE = 64 << 10;

  private static final byte[] NOTHING = {};

  private final Rows rows;
  private final Function<NodeId, String> naming;
  private final Map<NodeId, String> names = new HashMap<>();
  private final Set<String> taken = new HashSet<>();
  private final Map<NodeId, ByteArrayOutputStream> begun = new HashMap<>();

  private FormattedOutput(Rows rows, Function<NodeId, String> naming) {
    this.rows = rows;
    this.naming = naming;
  }

  /** What lines become. Each method returns what is to be shown by now. */
  interface Rows {
    /**
     * @param line without its line feed
     */
    byte[] line(String node, byte[] line);

    /** So much got lost of what the agent has printed. */
    byte[] missing(String node, long bytes);

    /**
     * The node's run is over.
     *
     * @param how in words, one line
     */
    byte[] ended(String node, String how, boolean hasFailed);

    byte[] end();
  }

  /**
   * @param naming what nodes are called; where two have the same name the second's id is added
   */
  static Flux<byte[]> of(
      Flux<RunEvent> events, Function<NodeId, String> naming, Supplier<Rows> rows) {
    return Flux.defer(
        () -> {
          FormattedOutput output = new FormattedOutput(rows.get(), naming);
          return events
              .concatMap(output::next)
              .concatWith(Mono.fromSupplier(output.rows::end))
              .filter(shown -> shown.length > 0);
        });
  }

  private String name(NodeId node) {
    return names.computeIfAbsent(
        node,
        id -> {
          String name = naming.apply(id);
          String own = taken.add(name) ? name : name + " (" + id + ")";
          taken.add(own);
          return own;
        });
  }

  private Flux<byte[]> next(RunEvent event) {
    NodeId node = event.node();
    return switch (event) {
      case RunEvent.Output(_, var bytes) -> printed(node, bytes.toByteArray());
      case RunEvent.Gap gap -> Flux.just(rest(node), rows.missing(name(node), gap.bytes()));
      case RunEvent.Finished(_, var status) ->
          Flux.just(rest(node), rows.ended(name(node), status.toString(), status.isFailure()));
      case RunEvent.Failed(_, var failure) ->
          Flux.just(rest(node), rows.ended(name(node), PlainOutput.oneLine(failure), true));
      case RunEvent.Started _, RunEvent.Heartbeat _ -> Flux.empty();
    };
  }

  private Flux<byte[]> printed(NodeId node, byte[] bytes) {
    List<byte[]> shown = new ArrayList<>(1);
    int from = 0;
    for (int i = 0; i < bytes.length; i++) {
      if (bytes[i] == '\n') {
        shown.add(line(node, bytes, from, i));
        from = i + 1;
      }
    }
    if (from < bytes.length) {
      ByteArrayOutputStream line = begun.computeIfAbsent(node, id -> new ByteArrayOutputStream());
      line.write(bytes, from, bytes.length - from);
      if (line.size() >= MOST_BYTES_OF_LINE) {
        shown.add(rest(node));
      }
    }
    return Flux.fromIterable(shown);
  }

  private byte[] line(NodeId node, byte[] bytes, int from, int to) {
    ByteArrayOutputStream before = begun.remove(node);
    if (before == null) {
      return rows.line(name(node), Arrays.copyOfRange(bytes, from, to));
    }
    before.write(bytes, from, to - from);
    return rows.line(name(node), before.toByteArray());
  }

  private byte[] rest(NodeId node) {
    ByteArrayOutputStream line = begun.remove(node);
    return line == null ? NOTHING : rows.line(name(node), line.toByteArray());
  }
}
