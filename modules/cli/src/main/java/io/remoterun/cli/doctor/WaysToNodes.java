package io.remoterun.cli.doctor;

import io.remoterun.cli.console.Failure;
import io.remoterun.cli.fleet.Nodes.Node;
import io.remoterun.cli.http.Webapp;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.StreamSupport;
import tools.jackson.databind.node.MissingNode;

/** The ways from the webapp to nodes, as it and the relays tell them; a few at a time. */
final class WaysToNodes implements AutoCloseable {
  private static final int AT_ONCE = 8;

  private final Webapp webapp;
  private final ExecutorService threads =
      Executors.newFixedThreadPool(AT_ONCE, Thread.ofVirtual().factory());

  WaysToNodes(Webapp webapp) {
    this.webapp = webapp;
  }

  /** They are looked at from now on; in the same order. */
  List<Future<Way>> to(List<Node> nodes) {
    return nodes.stream().map(node -> threads.submit(() -> way(node))).toList();
  }

  private Way way(Node node) {
    try {
      var steps = webapp.post("nodes/" + node.id() + "/check", MissingNode.getInstance());
      return new Way(
          node.hostname(),
          node.id(),
          StreamSupport.stream(steps.path("steps").spliterator(), false).map(Look::of).toList());
    } catch (Failure e) {
      String words = String.valueOf(e.getMessage());
      Look refused = new Look("webapp", "access", Look.State.FAILED, words, "", 0);
      return new Way(node.hostname(), node.id(), List.of(refused));
    }
  }

  /** Blocks until it has been looked at. */
  static Way done(Future<Way> way) {
    try {
      return way.get();
    } catch (ExecutionException e) {
      throw new IllegalStateException(e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new Failure("interrupted");
    }
  }

  @Override
  public void close() {
    threads.shutdownNow();
  }
}
