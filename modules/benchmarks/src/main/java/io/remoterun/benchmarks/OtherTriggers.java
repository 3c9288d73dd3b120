package io.remoterun.benchmarks;

import io.remoterun.protocol.run.NodeId;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Triggers of one node, one after the other, and how long each takes from request to end. */
final class OtherTriggers {
  private final RunClient client;
  private final NodeId node;
  private final List<Double> milliseconds = Collections.synchronizedList(new ArrayList<>());
  private @Nullable ScheduledExecutorService timer;

  OtherTriggers(RunClient client, NodeId node) {
    this.client = client;
    this.node = node;
  }

  void trigger(int times) throws IOException {
    for (int time = 0; time < times; time++) {
      trigger();
    }
  }

  private void trigger() throws IOException {
    long start = System.nanoTime();
    RunCount count = client.run(List.of(node));
    milliseconds.add((System.nanoTime() - start) / 1e6);
    if (count.finished != 1) {
      throw new IOException("a single trigger failed: " + count.failed + " " + count.reason);
    }
  }

  /**
   * Until stopped. One that takes more than a second delays the next; that it was due is in its
   * time.
   */
  void startEachSecond() {
    timer = Executors.newSingleThreadScheduledExecutor();
    var _ = timer.scheduleAtFixedRate(this::triggerOrSay, 0, 1, TimeUnit.SECONDS);
  }

  private void triggerOrSay() {
    try {
      trigger();
    } catch (IOException | RuntimeException e) {
      System.err.println(e.getMessage());
      milliseconds.add(Double.POSITIVE_INFINITY);
    }
  }

  Samples milliseconds() {
    return new Samples(milliseconds.stream().mapToDouble(Double::doubleValue).toArray());
  }

  /** Waits for the one that is going on. */
  void stop() {
    if (timer != null) {
      timer.close();
    }
  }
}
